import AsyncSockets
import HTTPTypes

/// Asks an admission controller over HTTP: headscale's `/verify`, another relay's, or anything that takes
/// `{"NodePublic":"nodekey:…","Source":"<ip>"}` by POST and answers 200 with `{"Allow":true}` (docs/protocol.md,
/// "Admission").
///
/// It has 5 s, once it is asked: of a crowd of clients 128 are asked about at once, or as many more in each quarter of a second
/// while it doesn't answer. Any other status, a redirect too, refuses the client, as does an answer that isn't whole or has more
/// than 4 KiB.
public struct ControllerVerifier: ClientVerifier {
    private let url: HTTPURL
    private let failsOpen: Bool
    private let client: HTTPClient
    /// Its loop serves ``client``.
    private let group: IOLoopGroup
    private let pace = QuestionPace()

    private static let limits = HTTPClient.Limits(
        time: .seconds(5),
        bodySize: AdmissionMessage.maxByteCount,
        redirects: 0
    )

    /// - Parameters:
    ///   - url: where the controller is, `http` or `https`, of at most 4096 bytes and without user and password.
    ///   - failsOpen: whether clients are admitted while the controller can't be reached, or says nothing in time. Not when
    ///     this machine has nothing left to ask with; and such an answer isn't remembered.
    ///   - authoritiesPEM: certificates of authorities to trust besides the system's, as PEM.
    ///   - group: serves the connections to the controller; best one of its own, with one loop.
    /// - Throws: ``DERPError``: `invalidConfiguration` for the URL, `certificate` for the authorities.
    public init(
        url: String,
        failsOpen: Bool = false,
        authoritiesPEM: String? = nil,
        group: IOLoopGroup
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

    /// Only what shows that the controller is absent opens the relay to all: strangers can have this machine run short.
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
    /// The URL without its query, which may hold a secret.
    public var description: String { self.url.description }
}
