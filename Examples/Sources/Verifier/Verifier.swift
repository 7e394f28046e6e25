import DERPKit

/// A relay that asks a verifier of one's own which clients may use it.
@main
struct Verifier {
    static func main() async throws {
        let friend = NodePrivateKey()
        let directory = Directory(members: [friend.publicKey])

        var configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            security: .none
        )
        configuration.admission.verifiers = [OfficeVerifier(directory: directory)]

        let relay = try RelayServer(configuration: configuration)
        try await relay.start()
        let port = await relay.boundAddresses[0].port
        print("friend:", await Self.login(friend, at: port))
        print("stranger:", await Self.login(NodePrivateKey(), at: port))
        await relay.shutdown()
    }

    /// What comes of a login with `key`.
    static func login(_ key: NodePrivateKey, at port: UInt16) async -> String {
        do {
            let server = DERPClient.Server(host: "127.0.0.1", port: port, security: .none)
            let client = try await DERPClient.connect(to: server, as: key)
            await client.close()
            return "admitted"
        } catch {
            return "\(error)"
        }
    }
}

/// Which keys belong to the office.
actor Directory {
    private let members: Set<NodePublicKey>

    init(members: Set<NodePublicKey>) { self.members = members }

    func knows(_ key: NodePublicKey) -> Bool { self.members.contains(key) }
}

/// Admits the clients that the directory knows.
struct OfficeVerifier: ClientVerifier {
    let directory: Directory

    func decide(on request: AdmissionRequest) async -> AdmissionDecision {
        await self.directory.knows(request.key) ? .allow : .deny(.denied)
    }
}
