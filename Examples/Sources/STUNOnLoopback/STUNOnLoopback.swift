import STUNKit

/// A STUN server and a client of it, on this machine.
@main
struct STUNOnLoopback {
    static func main() async throws {
        let server = try STUNServer(addresses: [IPEndpoint(.loopbackIPv4, port: 0)])
        try await server.start()
        print("Answering at \(await server.boundAddresses)")

        let client = STUNClient()
        let mapping = try await client.query(server: await server.boundAddresses[0])
        print("The server sees \(mapping.mappedAddress), after \(mapping.roundTripTime)")

        await server.stop()
        print("Answered \(server.counters.answered)")
    }
}
