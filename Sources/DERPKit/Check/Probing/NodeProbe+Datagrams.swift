import AsyncSockets
import HTTPTypes
import STUNKit

extension NodeProbe {
    /// Sends a STUN request; returns `nil` if the node has no STUN.
    func askSTUN(at addresses: [IPAddress]) async -> NodeEvidence.Outcome<STUNMapping>? {
        guard let port = self.target.stunPort, let first = addresses.first else { return nil }
        // In tests, a map may send STUN to another address.
        let override = IPAddress(self.target.node.stunTestIP)
        let address = override?.family == first.family ? override ?? first : first
        let result = await Result.awaiting { () throws(SocketError) in
            try await STUNClient(on: self.group).query(
                server: IPEndpoint(address, port: port),
                timeout: min(self.settings.timeout, .seconds(5))
            )
        }
        return result.mapError { $0.code == .cancelled ? DERPError(.cancelled, $0.message) : DERPError($0) }
    }

    /// Sends the request by which clients find captive portals; returns `nil` if the node must not be asked.
    func askCaptivePortal(_ evidence: NodeEvidence) async -> NodeEvidence.Outcome<CaptivePortalEvidence>? {
        let families = [evidence.ipv4, evidence.ipv6]
        guard self.target.node.canPort80, let address = families.first(where: \.isUsable)?.known.first else {
            return nil
        }
        // By address, as clients do.
        let host = address.family == .ipv6 ? "[\(address)]" : "\(address)"
        guard let url = HTTPURL("http://\(host):\(self.settings.plainHTTPPort)/generate_204") else { return nil }
        let challenge = "check-\(NodePrivateKey().publicKey.hex.prefix(16))"
        let request = HTTPClient.Request(.get, url, fields: [.tailscaleChallenge: challenge])
        let limits = HTTPClient.Limits(time: self.settings.timeout, bodySize: 64 << 10, redirects: 0)
        let response = await Result.awaiting { () throws(DERPError) in
            try await HTTPClient(on: self.loop).send(request, limits: limits)
        }
        return response.map {
            CaptivePortalEvidence(
                status: $0.status,
                answersChallenge: $0.fields[.tailscaleResponse] == "response \(challenge)"
            )
        }
    }
}
