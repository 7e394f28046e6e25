import DERPKit

/// Two clients of a relay, of which one sends the other a packet.
@main
struct TwoClients {
    static func main() async throws {
        let relay = try await Self.startRelay()
        let server = DERPClient.Server(
            host: "127.0.0.1",
            port: await relay.boundAddresses[0].port,
            security: .tls(try ServerTrust(certName: relay.certificatePin ?? ""))
        )
        let peer = try await DERPClient.connect(to: server)
        let client = try await DERPClient.connect(to: server)

        try await client.send(Array("hello".utf8), to: peer.publicKey)
        if case .packet(let sender, let bytes) = try await peer.receive() {
            print("\(sender) says \(String(decoding: bytes, as: UTF8.self))")
        }

        await client.close()
        await peer.close()
        await relay.shutdown()
    }

    static func startRelay() async throws -> RelayServer {
        let configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            security: .tls(try Certificate.selfSigned(for: "127.0.0.1"))
        )
        let relay = try RelayServer(configuration: configuration)
        try await relay.start()
        return relay
    }
}
