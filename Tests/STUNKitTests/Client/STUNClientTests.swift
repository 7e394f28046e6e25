import AsyncSockets
import STUNKit
import TestSupport
import Testing

@Suite("STUN client", .timeLimit(.minutes(1)))
struct STUNClientTests {
    private let client: STUNClient

    init() throws {
        self.client = STUNClient(on: try IOLoopGroup(count: 2))
    }

    @Test("learns its address from our server", arguments: ["127.0.0.1", "127.0.0.2", "::1"])
    func ourServer(asked: String) async throws {
        let group = try IOLoopGroup(count: 2)
        let server = STUNServer(addresses: [IPEndpoint(.anyIPv6, port: 0)], on: group)
        try await server.start()
        let bound = try #require(await server.boundAddresses.first)
        let address = IPEndpoint(try #require(IPAddress(asked)), port: bound.port)
        if address.ip.family == bound.ip.family || address.ip.family == .ipv4 {
            let mapping = try await self.client.query(server: address)
            #expect(mapping.mappedAddress.ip.isLoopback)
            #expect(mapping.mappedAddress.ip.family == address.ip.family)
            #expect(mapping.mappedAddress.port != 0)
            #expect(mapping.transmissions == 1)
            #expect(mapping.roundTripTime > .zero && mapping.roundTripTime < .seconds(5))
        }
        await server.shutdown()
    }

    @Test("without loops of its own, asks a server by name, at the addresses of one family")
    func byName() async throws {
        let server = try STUNServer(addresses: [IPEndpoint(.loopbackIPv4, port: 0)])
        let serving = Task { try await server.run() }
        try await waitUntil("it listens") { await !server.boundAddresses.isEmpty }
        let port = try #require(await server.boundAddresses.first).port
        let client = STUNClient()
        for host in ["localhost", "127.0.0.1"] {
            let mapping = try await client.query(host: host, port: port, family: .ipv4)
            #expect(mapping.mappedAddress.ip == .loopbackIPv4)
        }
        let error = await #expect(throws: SocketError.self) {
            try await client.query(host: "127.0.0.1", port: port, family: .ipv6)
        }
        #expect(error == SocketError(.notFound, "127.0.0.1 has no IPv6 address"))
        serving.cancel()
        try await serving.value
        #expect(await server.boundAddresses.isEmpty)
    }

    @Test("sends what a node sends, and takes a plain MAPPED-ADDRESS")
    func oldServer() async throws {
        let received = try await ScriptedServer.serve { received in
            Self.response(to: received[0], [(0x0001, [0, 1, 0x80, 0x55, 192, 0, 2, 1])])
        } while: { address in
            let mapping = try await self.client.query(server: address)
            #expect(mapping.mappedAddress == IPEndpoint("192.0.2.1:32853"))
        }
        #expect(received.count == 1)
        #expect(received.first?.count == 40)
    }

    @Test("repeats the very same request when nothing comes, half a second later")
    func retransmission() async throws {
        let start = ContinuousClock.now
        let received = try await ScriptedServer.serve { received in
            received.count == 2 ? Self.response(to: received[1], [Self.address]) : nil
        } while: { address in
            let mapping = try await self.client.query(server: address)
            #expect(mapping.transmissions == 2)
            #expect(mapping.roundTripTime >= .milliseconds(480))
        }
        #expect(start.duration(to: .now) >= .milliseconds(480))
        #expect(received.count == 2)
        #expect(received.first == received.last)
    }

    @Test("ignores datagrams that are no response to its request")
    func foreignDatagrams() async throws {
        let received = try await ScriptedServer.serve { received in
            switch received.count {
            case 1: Self.response(to: STUNSample.nodeRequest, [Self.address])
            case 2: received[1]
            default: Self.response(to: received[0], [Self.address])
            }
        } while: { address in
            let mapping = try await self.client.query(server: address)
            #expect(mapping.mappedAddress == IPEndpoint("192.0.2.1:32853"))
            #expect(mapping.transmissions == 3)
        }
        #expect(received.count == 3)
    }

    @Test("gives up after its time, having sent no more than it may")
    func timeout() async throws {
        let received = try await ScriptedServer.serve { _ in
            nil
        } while: { address in
            let error = await #expect(throws: SocketError.self) {
                try await self.client.query(server: address, timeout: .milliseconds(700), retries: 0)
            }
            #expect(error?.code == .timeout)
            #expect(error?.message.contains("\(address)") == true)
        }
        #expect(received.count == 1)
    }

    @Test("says at once that nobody listens")
    func closedPort() async throws {
        let address = IPEndpoint(.loopbackIPv4, port: PortNumbers.next())
        let error = await #expect(throws: SocketError.self) {
            try await self.client.query(server: address, timeout: .seconds(50))
        }
        #expect(error?.code == .systemCall)
        #expect(error?.message.contains("\(address)") == true)
    }

    @Test("stops when its task is cancelled, before or while it waits")
    func cancellation() async throws {
        _ = try await ScriptedServer.serve { _ in
            nil
        } while: { address in
            for yields in [0, 1, 10, 100] {
                let query = Task { try await self.client.query(server: address, timeout: .seconds(50)) }
                for _ in 0..<yields { await Task.yield() }
                query.cancel()
                let error = await #expect(throws: SocketError.self) { try await query.value }
                #expect(error?.code == .cancelled)
            }
        }
    }

    @Test("asks many at once")
    func concurrentQueries() async throws {
        let server = STUNServer(
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            on: try IOLoopGroup(count: 2)
        )
        try await server.start()
        let address = try #require(await server.boundAddresses.first)
        let ports = try await withThrowingTaskGroup(of: UInt16.self) { group in
            for _ in 0..<50 {
                group.addTask { try await self.client.query(server: address).mappedAddress.port }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(!ports.isEmpty)
        await server.shutdown()
        #expect(server.counters.answered >= 50)
    }

    private static let address: STUNSample.Attribute = (0x0020, Array(STUNSample.ipv4Response.suffix(8)))

    /// A success response with the transaction id of `request`.
    private static func response(to request: [UInt8], _ attributes: [STUNSample.Attribute]) -> [UInt8] {
        var response = STUNSample.message(kind: 0x0101, attributes)
        response.replaceSubrange(8..<20, with: request[8..<20])
        return response
    }
}
