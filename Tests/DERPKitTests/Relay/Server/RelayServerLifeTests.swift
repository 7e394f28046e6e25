import TestSupport
import Testing

@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

@Suite("A relay's life")
struct RelayServerLifeTests {
    private static func configuration(_ ports: [UInt16] = [0], loops: Int = 2) -> RelayServer.Configuration {
        var configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: ports.map { IPEndpoint(.loopbackIPv4, port: $0) },
            security: .none
        )
        configuration.loopCount = loops
        configuration.drainTimeout = .milliseconds(300)
        return configuration
    }

    /// Everything of a relay that must be freed with it, and whether it has been.
    private struct Remains {
        private weak let server: RelayServer?
        private weak let regionMap: RegionMap?
        private let loops: [Weak]

        private struct Weak {
            weak let relay: RelayLoop?
            weak let loop: IOLoop?
        }

        init(of server: RelayServer) {
            self.server = server
            self.regionMap = server.regionMap
            let relays = Mirror(reflecting: server).children.first { $0.label == "relays" }?.value as? [RelayLoop] ?? []
            self.loops = relays.map { Weak(relay: $0, loop: $0.loop) }
        }

        var count: Int { self.loops.count }

        var areGone: Bool {
            self.server == nil && self.regionMap == nil && self.loops.allSatisfy { $0.relay == nil && $0.loop == nil }
        }

        func waitUntilGone() async -> Bool {
            let end = ContinuousClock.now + .seconds(10) * Sanitizer.slowness
            while !self.areGone, .now < end { await Task.yield() }
            return self.areGone
        }
    }

    /// Logs in, and returns what comes until the server closes the connection.
    private static func logIn(to address: IPEndpoint, on group: IOLoopGroup) async throws -> [UInt8] {
        let loop = group.loops[0]
        let result = await loop.run { () async -> Result<[UInt8], any Error> in
            do {
                let stream = try await TCPStream.connect(to: address, on: loop)
                defer { stream.close() }
                let handshake = ClientHandshake(privateKey: NodePrivateKey(), host: "localhost")
                var bytes = try await ClientHandshake.perform(handshake, on: stream).early
                stream.setDeadline(.seconds(10))
                while true {
                    switch stream.receive() {
                    case .bytes(let more): bytes += more
                    case .wouldBlock: await stream.waitUntilReadable()
                    case .closed: return .success(bytes)
                    case .failed: throw stream.failure ?? SocketError(.closed, "failed")
                    }
                }
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    @Test("a relay that served clients and was stopped is freed whole, with its loops")
    func freed() async throws {
        func serveAndStop() async throws -> Remains {
            let server = try RelayServer(configuration: Self.configuration())
            try await server.start()
            let address = try #require(await server.boundAddresses.first)
            let group = try IOLoopGroup(count: 1)
            try await withThrowingTaskGroup(of: [UInt8].self) { clients in
                for _ in 0..<8 { clients.addTask { try await Self.logIn(to: address, on: group) } }
                while await Self.clients(of: server) < 8 { await Task.yield() }
                await server.shutdown()
                let restarting = Frame.restarting(reconnectAfter: .zero, tryFor: .seconds(30))
                for try await bytes in clients { #expect(bytes == restarting) }
            }
            #expect(await server.boundAddresses.isEmpty)
            return Remains(of: server)
        }
        let remains = try await serveAndStop()
        #expect(remains.count == 2)
        #expect(await remains.waitUntilGone())
    }

    private static func clients(of server: RelayServer) async -> Int {
        let relays = Mirror(reflecting: server).children.first { $0.label == "relays" }?.value as? [RelayLoop] ?? []
        var count = 0
        for relay in relays { count += await relay.loop.run { Int(relay.counters.logins) } }
        return count
    }

    @Test("a relay that was never started is freed")
    func neverStarted() async throws {
        func make() throws -> Remains { Remains(of: try RelayServer(configuration: Self.configuration())) }
        #expect(try await make().waitUntilGone())
    }

    @Test("a relay that is started serves until it is stopped, even if nobody holds it")
    func startedIsKept() async throws {
        let remains: Remains
        let address: IPEndpoint
        weak var weakServer: RelayServer?
        do {
            let server = try RelayServer(configuration: Self.configuration())
            try await server.start()
            address = try #require(await server.boundAddresses.first)
            remains = Remains(of: server)
            weakServer = server
        }
        let group = try IOLoopGroup(count: 1)
        async let bytes = Self.logIn(to: address, on: group)
        let server = try #require(weakServer)
        while await Self.clients(of: server) < 1 { await Task.yield() }
        await server.shutdown()
        #expect(try await !bytes.isEmpty)
        #expect(!remains.areGone)
    }

    @Test("one port of several that is taken is an error that names it, and frees the others")
    func startFailsHalfWay() async throws {
        let first = try RelayServer(configuration: Self.configuration())
        try await first.start()
        let taken = try #require(await first.boundAddresses.first)
        func startAndFail() async throws -> Remains {
            let second = try RelayServer(configuration: Self.configuration([0, taken.port]))
            await #expect { try await second.start() } throws: {
                let error = $0 as? DERPError
                return error?.code == .addressInUse && error?.setting == .addresses
                    && error?.message.contains("\(taken)") == true
            }
            #expect(await second.boundAddresses.isEmpty)
            await #expect(throws: DERPError.self) { try await second.start() }
            await second.shutdown()
            return Remains(of: second)
        }
        #expect(try await startAndFail().waitUntilGone())
        await first.shutdown()
    }

    @Test("a shutdown that comes while the relay starts leaves no port open", arguments: 0..<50)
    func shutdownDuringStart(round: Int) async throws {
        let server = try RelayServer(configuration: Self.configuration([0, 0, 0]))
        let start = Task { try await server.start() }
        for _ in 0..<round % 10 { await Task.yield() }
        async let first: Void = server.shutdown()
        async let second: Void = server.shutdown()
        _ = await (first, second)
        _ = await start.result
        #expect(await server.boundAddresses.isEmpty)
        await server.shutdown()
    }

    @Test("a relay can be started once: run() then waits for its end")
    func secondStart() async throws {
        let misuse = DERPError(.misuse, "a relay can be started only once: make another one")
        let server = try RelayServer(configuration: Self.configuration())
        try await server.start()
        await #expect(throws: misuse) { try await server.start() }
        let run = Task { try await server.run() }
        await server.shutdown()
        // Whether it began before the end or after it.
        try await run.value
        await #expect(throws: misuse) { try await server.start() }
        try await server.run()
    }

    @Test("cancelling run() stops the relay")
    func cancelled() async throws {
        let server = try RelayServer(configuration: Self.configuration())
        let run = Task { try await server.run() }
        while await server.boundAddresses.isEmpty { await Task.yield() }
        run.cancel()
        try await run.value
        #expect(await server.boundAddresses.isEmpty)
    }
}
