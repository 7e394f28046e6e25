import STUNKit

/// Asks a STUN server which address it sees; without a name, one that it brings along.
///
///     swift run AskSTUN stun.example.com
@main
struct AskSTUN {
    static func main() async throws {
        if let host = CommandLine.arguments.dropFirst().first {
            try await self.ask(host, port: 3478)
            return
        }
        let server = try STUNServer(addresses: [IPEndpoint(.loopbackIPv4, port: 0)])
        try await server.start()
        // Beside other services, `run()` serves until the task is cancelled, or its ServiceGroup shuts down.
        let serving = Task { try await server.run() }
        if let address = await server.boundAddresses.first {
            try await self.ask("localhost", port: address.port)
        }
        serving.cancel()
        try await serving.value
        print("answered \(server.counters.answered)")
    }

    static func ask(_ host: String, port: UInt16) async throws {
        do {
            let mapping = try await STUNClient().query(host: host, port: port, family: .ipv4)
            print("\(host) sees \(mapping.mappedAddress), after \(mapping.roundTripTime)")
        } catch {
            // `error` is a SocketError, as query says. Its text is for people, and its code for programs.
            print("\(host) gave no answer: \(error) (\(error.code))")
        }
    }
}
