import AsyncSockets
import Glibc
import STUNKit
import TestSupport
import Testing

@Suite("STUN server", .timeLimit(.minutes(1)))
struct STUNServerTests {
    @Test("answers IPv4 with 32 bytes that hold the sender's address", arguments: ["127.0.0.1:0", "0.0.0.0:0", ":0"])
    func ipv4(listen: String) async throws {
        try await Self.withServer(on: listen) { server, port in
            let socket = try TestSocket(to: IPEndpoint(.loopbackIPv4, port: port))
            try socket.send(STUNSample.nodeRequest)
            let answer = try socket.receive()
            #expect(answer.count == 32)
            #expect(answer.prefix(4) == [1, 1, 0, 12])
            #expect(Array(answer[4..<20]) == Array(STUNSample.nodeRequest[4..<20]))
            #expect(answer[20..<26] == [0, 0x20, 0, 8, 0, 1])
            #expect(STUNResponse(parsing: answer)?.mappedAddress == socket.localAddress)
            await server.shutdown()
            #expect(server.counters.requestsIPv4 == 1)
            #expect(server.counters.requestsIPv6 == 0)
        }
    }

    @Test(
        "answers IPv6 with 44 bytes",
        .enabled(if: Self.hasIPv6, "it needs a machine with IPv6"),
        arguments: ["[::1]:0", "[::]:0"]
    )
    func ipv6(listen: String) async throws {
        try await Self.withServer(on: listen) { server, port in
            let socket = try TestSocket(to: IPEndpoint(.loopbackIPv6, port: port))
            try socket.send(STUNSample.nodeRequest)
            let answer = try socket.receive()
            #expect(answer.count == 44)
            #expect(answer[20..<26] == [0, 0x20, 0, 20, 0, 2])
            #expect(STUNResponse(parsing: answer)?.mappedAddress == socket.localAddress)
            await server.shutdown()
            #expect(server.counters.requestsIPv6 == 1)
        }
    }

    @Test("replies from the address that was asked", arguments: ["0.0.0.0:0", "[::]:0"])
    func replySource(listen: String) async throws {
        try await Self.withServer(on: listen) { _, port in
            for text in ["127.0.0.1", "127.0.0.2", "127.1.2.3"] {
                let socket = try TestSocket(to: IPEndpoint(try #require(IPAddress(text)), port: port))
                try socket.send(STUNSample.nodeRequest)
                #expect(STUNResponse(parsing: try socket.receive())?.mappedAddress == socket.localAddress)
            }
        }
    }

    @Test("meets anything but a node's request with silence")
    func silence() async throws {
        try await Self.withServer(on: "127.0.0.1:0", loops: 1) { server, port in
            let socket = try TestSocket(to: IPEndpoint(.loopbackIPv4, port: port))
            let notSTUN: [[UInt8]] = [
                [], [0], Array("GET / HTTP/1.1\r\n\r\n".utf8), Array(STUNSample.nodeRequest.prefix(19)),
            ]
            let refused = Self.refusedDatagrams
            for datagram in notSTUN + refused {
                try socket.send(datagram)
            }
            // The first datagram that comes back is the answer to the last that was sent.
            let request = STUNRequest()
            try socket.send(request.bytes)
            #expect(STUNResponse(parsing: try socket.receive())?.transactionID == request.transactionID)

            await server.shutdown()
            var expected = STUNCounters()
            expected.requestsIPv4 = 1
            expected.notSTUN = UInt64(notSTUN.count)
            expected.refused = UInt64(refused.count)
            #expect(server.counters == expected)
            #expect(server.counters.answered == 1)
        }
    }

    @Test("serves many peers at once, on all loops")
    func manyPeers() async throws {
        try await Self.withServer(on: "127.0.0.1:0", loops: 4) { server, port in
            let sockets = try (0..<100).map { _ in try TestSocket(to: IPEndpoint(.loopbackIPv4, port: port)) }
            defer { withExtendedLifetime(sockets) {} }
            for socket in sockets {
                try socket.send(STUNSample.nodeRequest)
            }
            for socket in sockets {
                #expect(STUNResponse(parsing: try socket.receive())?.mappedAddress == socket.localAddress)
            }
            await server.shutdown()
            #expect(server.counters.answered == 100)
        }
    }

    @Test("listens on several addresses")
    func severalAddresses() async throws {
        let addresses = try ["127.0.0.1:0", "127.0.0.2:0"].map { try #require(IPEndpoint($0)) }
        let server = STUNServer(addresses: addresses, on: try IOLoopGroup(count: 2))
        try await server.start()
        let bound = await server.boundAddresses
        #expect(bound.map(\.ip) == addresses.map(\.ip))
        for address in bound {
            let socket = try TestSocket(to: address)
            try socket.send(STUNSample.nodeRequest)
            #expect(STUNResponse(parsing: try socket.receive())?.mappedAddress == socket.localAddress)
        }
        await server.shutdown()
    }

    @Test("continues when peers have closed their ports")
    func closedPeers() async throws {
        try await Self.withServer(on: "127.0.0.1:0", loops: 1) { server, port in
            let address = IPEndpoint(.loopbackIPv4, port: port)
            for _ in 0..<20 {
                try TestSocket(to: address).send(STUNSample.nodeRequest)
            }
            let socket = try TestSocket(to: address)
            for _ in 0..<3 {
                try socket.send(STUNSample.nodeRequest)
                #expect(try socket.receive().count == 32)
            }
        }
    }

    @Test("refuses a taken port and names it", arguments: [1, 2])
    func takenPort(loops: Int) async throws {
        try await Self.withServer(on: "127.0.0.1:0", loops: loops) { _, port in
            let free = IPEndpoint(try #require(IPAddress("127.0.0.2")), port: port)
            let taken = IPEndpoint(.loopbackIPv4, port: port)
            let second = STUNServer(addresses: [free, taken], on: try IOLoopGroup(count: loops))
            let error = await #expect(throws: SocketError.self) { try await second.start() }
            #expect(error?.code == .addressInUse)
            #expect(error?.message.contains("127.0.0.1:\(port)") == true)
            #expect(await second.boundAddresses.isEmpty)
            // Nothing is left of it where the port was free.
            let third = STUNServer(addresses: [free], on: try IOLoopGroup(count: loops))
            try await third.start()
            await third.shutdown()
        }
    }

    @Test("that was shut down is silent, frees its port, and can't start again")
    func restart() async throws {
        let group = try IOLoopGroup(count: 2)
        let first = STUNServer(addresses: [IPEndpoint(.loopbackIPv4, port: 0)], on: group)
        try await first.start()
        let address = try #require(await first.boundAddresses.first)
        await first.shutdown()
        let socket = try TestSocket(to: address)
        try socket.send(STUNSample.nodeRequest)
        #expect(socket.receiveError() == ECONNREFUSED)

        let misuse = SocketError(.misuse, "a STUN server can be started only once: make another one")
        await #expect(throws: misuse) { try await first.start() }
        // It has ended already.
        try await first.run()
        await first.shutdown()

        let second = STUNServer(addresses: [address], on: group)
        try await second.start()
        await #expect(throws: misuse) { try await second.start() }
        let running = Task { try await second.run() }
        try socket.send(STUNSample.nodeRequest)
        #expect(try socket.receive().count == 32)
        await second.shutdown()
        try await running.value
        #expect(second.counters.answered == 1)
    }

    @Test("a shutdown that comes while it starts leaves no port open", arguments: 0..<20)
    func shutdownDuringStart(round: Int) async throws {
        let address = IPEndpoint(.loopbackIPv4, port: 0)
        let server = STUNServer(addresses: [address, address], on: try IOLoopGroup(count: 2))
        let start = Task { try await server.start() }
        for _ in 0..<round % 10 { await Task.yield() }
        await server.shutdown()
        _ = await start.result
        #expect(await server.boundAddresses.isEmpty)
        await #expect(throws: SocketError.self) { try await server.start() }
    }

    @Test("that is released without a stop closes its sockets")
    func release() async throws {
        var server: STUNServer? = STUNServer(
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            on: try IOLoopGroup(count: 2)
        )
        try await server?.start()
        let address = try #require(await server?.boundAddresses.first)
        server = nil
        let group = try IOLoopGroup(count: 1)
        var successor = STUNServer(addresses: [address], on: group)
        while try await !Self.isStarted(successor) {
            try Task.checkCancellation()
            await Task.yield()
            successor = STUNServer(addresses: [address], on: group)
        }
        await successor.shutdown()
    }

    /// False while the port is taken.
    private static func isStarted(_ server: STUNServer) async throws -> Bool {
        do {
            try await server.start()
            return true
        } catch {
            guard error.code == .addressInUse else { throw error }
            return false
        }
    }

    private static let hasIPv6 = (try? TestSocket(to: IPEndpoint(.loopbackIPv6, port: 9))) != nil

    /// STUN that is no request of a node.
    private static var refusedDatagrams: [[UInt8]] {
        let node: STUNSample.Attribute = (0x8022, Array("tailnode".utf8))
        var wrongFingerprint = STUNSample.nodeRequest
        wrongFingerprint[39] ^= 1
        return [
            RFC5769.request, RFC5769.ipv4Response, STUNSample.ipv4Response, wrongFingerprint,
            STUNSample.nodeRequest + [0, 0, 0, 0], Array(STUNSample.nodeRequest.prefix(32)),
            STUNSample.message(kind: 1, []),
            STUNSample.fingerprinted(STUNSample.message(kind: 0x0011, [node])),
            STUNSample.fingerprinted(
                STUNSample.message(kind: 1, [node, (0x8055, [UInt8](repeating: 0, count: 2000))])
            ),
            // What fits into the server's memory of it is a request: 1536 bytes.
            STUNSample.fingerprinted(STUNSample.message(kind: 1, [node, (0x8055, [UInt8](repeating: 0, count: 1492))]))
                + [0],
        ]
    }

    private static func withServer(
        on listen: String,
        loops: Int = 2,
        _ body: (STUNServer, UInt16) async throws -> Void
    ) async throws {
        let address = try #require(IPEndpoint(listen))
        let server = STUNServer(addresses: [address], on: try IOLoopGroup(count: loops))
        try await server.start()
        let bound = try #require(await server.boundAddresses.first)
        try await body(server, bound.port)
        await server.shutdown()
    }
}
