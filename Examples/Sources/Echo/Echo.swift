import DERPKit

/// Answers every packet with the same packet, over all connections, until it is cancelled or shut down.
public struct Echo: Sendable {
    private let client: ReconnectingDERPClient

    public init(_ client: ReconnectingDERPClient) {
        self.client = client
    }

    public func run() async throws(DERPError) {
        for try await event in self.client.events {
            guard case .message(.packet(let source, let bytes)) = event else { continue }
            do {
                try await self.client.send(bytes, to: source)
            } catch let error where error.code == .connectionLost {
                // The packet is lost, as packets may be. The next event says why.
                continue
            }
        }
    }
}
