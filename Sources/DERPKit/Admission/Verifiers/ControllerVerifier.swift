import AsyncSockets
import HTTPTypes

/// Asks an admission controller over HTTP: headscale's `/verify`, another relay's, or any program that takes
/// `{"NodePublic":"nodekey:…","Source":"<ip>"}` by POST and answers 200 with `{"Allow":true}` (docs/protocol.md,
/// "Admission").
///
/// Each question has 5 s for its answer. When many clients come at once, the verifier asks 128 questions at a time, and
/// 128 more after each quarter of a second in which the controller doesn't answer. Any other status refuses the client,
/// including redirects. So does an answer that is incomplete or larger than 4 KiB.
public struct ControllerVerifier: ClientVerifier {
    private let url: HTTPURL
    private let failsOpen: Bool
    private let client: HTTPClient
    /// Runs the loop that serves ``client``.
    private let group: IOLoopGroup
    private let pace = QuestionPace()

    private static let limits = HTTPClient.Limits(
        time: .seconds(5),
        bodySize: AdmissionMessage.maxByteCount,
        redirects: 0
    )

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - url: The controller's URL, `http` or `https`, of at most 4096 bytes and without user and password.
    ///   - failsOpen: Whether to admit clients while the controller can't be reached or doesn't answer in time. Such an
    ///     admission is not remembered. Clients are still refused if this machine runs out of what it needs to ask.
    ///   - authoritiesPEM: Certificates of authorities to trust besides the system's, as PEM.
    ///   - group: The event loops that serve the connections to the controller. Preferably a group of its own, with one
    ///     loop.
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for the URL, or `certificate` for the authorities.
    public init(
        url: String,
        failsOpen: Bool = false,
        authoritiesPEM: String? = nil,
        on group: IOLoopGroup
    ) throws(DERPError) {
        try self.init(
            url: url,
            failsOpen: failsOpen,
            authoritiesPEM: authoritiesPEM,
            group: group,
            resolver: .forAdmission
        )
    }

    init(
        url: String,
        failsOpen: Bool,
        authoritiesPEM: String? = nil,
        group: IOLoopGroup,
        resolver: HostResolver
    ) throws(DERPError) {
        guard let url = HTTPURL(url) else {
            throw DERPError(.invalidConfiguration, "an admission controller's URL is http://… or https://…")
        }
        self.url = url
        self.failsOpen = failsOpen
        self.group = group
        self.client = try HTTPClient(on: group.loops[0], authoritiesPEM: authoritiesPEM, resolver: resolver)
    }

    public func decide(on request: AdmissionRequest) async -> AdmissionDecision {
        let response: HTTPClient.Response
        do {
            response = try await self.pace.asking { () throws(DERPError) in
                try await self.client.send(
                    HTTPClient.Request(
                        .post,
                        self.url,
                        fields: [.contentType: "application/json"],
                        body: AdmissionMessage.question(request)
                    ),
                    limits: Self.limits
                )
            }
        } catch {
            return self.decision(unanswered: error)
        }
        guard response.status == 200 else {
            return .deny(.controller, detail: "\(self.url) answers with status \(response.status)")
        }
        guard let isAllowed = AdmissionMessage.isAllowed(byAnswer: response.body) else {
            return .deny(.unavailable, detail: "\(self.url) sends an answer that can't be understood")
        }
        return isAllowed ? .allow : .deny(.controller, detail: "\(self.url)")
    }

    /// Returns the decision for a question that failed. Only an absent controller opens the relay to all clients. A
    /// shortage on this machine doesn't, because strangers can cause one.
    private func decision(unanswered error: DERPError) -> AdmissionDecision {
        switch error.code {
        case .connection, .timeout: self.failsOpen ? .allowUnverified(detail: error.message) : .unavailable(error)
        case .exhausted: .deny(.exhausted, detail: error.message)
        default: .unavailable(error)
        }
    }
}

extension AdmissionDecision {
    fileprivate static func unavailable(_ error: DERPError) -> Self { .deny(.unavailable, detail: error.message) }
}

extension ControllerVerifier: CustomStringConvertible {
    /// The URL without its query, which may contain a secret.
    public var description: String { self.url.description }
}
