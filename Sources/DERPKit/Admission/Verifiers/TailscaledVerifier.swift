import HTTPTypes
import AsyncSockets

/// Asks this machine's tailscaled whether a client is in its tailnet (docs/protocol.md, "Admission"). Connecting may
/// take 5 s, and the answer another 5 s.
public struct TailscaledVerifier: ClientVerifier {
    /// The path of tailscaled's socket on Linux.
    public static let standardSocketPath = "/var/run/tailscale/tailscaled.sock"

    private let socketPath: String
    /// Runs the loop that serves the connections.
    private let group: IOLoopGroup
    private let pace = QuestionPace()

    private static let timeLimit: Duration = .seconds(5)

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - socketPath: The path of tailscaled's Unix socket, of at most 107 bytes.
    ///   - group: The event loops that serve the connections to it. Preferably a group of its own, with one loop.
    public init(socketPath: String = Self.standardSocketPath, on group: IOLoopGroup) {
        self.socketPath = socketPath
        self.group = group
    }

    public func decide(on request: AdmissionRequest) async -> AdmissionDecision {
        // Escaped as Go's url.QueryEscape does.
        let target = "/localapi/v0/whois?addr=nodekey%3A\(request.key.hex)"
        guard let url = HTTPURL("http://local-tailscaled.sock" + target) else {
            return .deny(.unavailable)
        }
        do {
            let response = try await self.pace.asking { () throws(DERPError) in
                let exchange = LocalExchange(socketPath: self.socketPath, on: self.group.loops[0])
                return try await exchange.perform(HTTPClient.Request(.get, url), within: Self.timeLimit)
            }
            switch response.status {
            case 200: return .allow
            case 404: return .deny(.tailscaled)
            case 400: return .deny(.unavailable, detail: "tailscaled is too old to be asked about keys")
            default:
                return .deny(.unavailable, detail: "tailscaled answers with status \(response.status)")
            }
        } catch {
            let reason: AdmissionDecision.Reason = error.code == .exhausted ? .exhausted : .unavailable
            return .deny(reason, detail: "\(self.socketPath): \(error.message)")
        }
    }
}
