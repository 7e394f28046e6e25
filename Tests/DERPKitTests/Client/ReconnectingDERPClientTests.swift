import AsyncSockets
import DERPKitTesting
import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("A client that connects again", .timeLimit(.minutes(1)))
struct ReconnectingDERPClientTests {
    private static var policy: ReconnectingDERPClient.Policy {
        var policy = ReconnectingDERPClient.Policy()
        policy.initialDelay = .milliseconds(5)
        policy.maximumDelay = .milliseconds(20)
        policy.refusedDelay = .milliseconds(30) ... .milliseconds(40)
        return policy
    }

    @Test("survives a restart of its relay, with the same key, and reports it")
    func restart() async throws {
        try await TestRelay.run { relay in
            let client = ReconnectingDERPClient(to: relay.server, policy: Self.policy)
            await client.notePreferred(true)
            await #expect(throws: DERPError(.connectionLost, "not connected to \(relay.server)")) {
                try await client.send([1], to: client.publicKey)
            }
            var events = client.events.makeAsyncIterator()

            for round in 0..<2 {
                let connection = try #require(await Self.connection(&events))
                #expect(connection.publicKey == client.publicKey && connection.serverKey == relay.serverKey)
                #expect(await client.isConnected)
                let packet = [UInt8(round)]
                try await client.send(packet, to: client.publicKey)
                #expect(try await Self.message(&events) == .packet(from: client.publicKey, packet))
                guard round == 0 else { break }
                await relay.takeDown()
                #expect(
                    try await Self.message(&events) == .restarting(reconnectAfter: .zero, tryFor: .seconds(30))
                )
                #expect(try await Self.loss(&events, within: .milliseconds(5)) == .connectionLost)
                #expect(await !client.isConnected)
                // Nobody answers yet.
                #expect(try await Self.loss(&events, within: .milliseconds(10)) == .connection)
                try await relay.bringUp()
            }
            await client.shutdown()
            #expect(try await events.next() == nil)
            await #expect(throws: DERPError.self) { try await client.send([1], to: client.publicKey) }
        }
    }

    /// Why there is no connection, if the next try is due within `limit`.
    private static func loss(
        _ events: inout ReconnectingDERPClient.Events.Iterator,
        within limit: Duration
    ) async throws -> DERPError.Code? {
        guard case .disconnected(let reason, let delay) = try await events.next(), delay <= limit else { return nil }
        return reason.code
    }

    /// The next connection, however many tries it takes.
    private static func connection(_ events: inout ReconnectingDERPClient.Events.Iterator) async throws -> DERPClient? {
        while let event = try await events.next() {
            if case .connected(let client) = event { return client }
        }
        return nil
    }

    private static func message(_ events: inout ReconnectingDERPClient.Events.Iterator) async throws
        -> DERPClient.Message?
    {
        guard case .message(let message) = try await events.next() else { return nil }
        return message
    }

    @Test("a refused client is told why each time, and waits as a refused one")
    func refused() async throws {
        let relay = try await ScriptedRelay(.refuse(Frame.health("no place")))
        let client = ReconnectingDERPClient(to: relay.server, policy: Self.policy)
        var events = client.events.makeAsyncIterator()
        for _ in 0..<3 {
            guard case .disconnected(let reason, let delay) = try await events.next() else {
                Issue.record("it was admitted")
                return
            }
            #expect(reason == DERPError(.refused, "the server says: no place"))
            #expect(delay >= .milliseconds(30) && delay <= .milliseconds(40))
        }
    }

    @Test("tells what is wrong with the connection until it isn't any more, or the connection is lost")
    func health() async throws {
        let frames = ["slow", "", "bad"].flatMap { Frame.health($0) }
        let relay = try await ScriptedRelay(.admitAndClose(frames))
        let client = ReconnectingDERPClient(to: relay.server, policy: Self.policy)
        var events = client.events.makeAsyncIterator()
        #expect(try await Self.connection(&events) != nil)
        for problem in ["slow", "", "bad"] {
            #expect(try await Self.message(&events) == .health(problem))
            #expect(await client.healthProblem == (problem.isEmpty ? nil : problem))
        }
        guard case .disconnected = try await events.next() else {
            Issue.record("the connection is not lost")
            return
        }
        #expect(await client.healthProblem == nil)
        // Let in once more.
        #expect(try await Self.connection(&events) != nil)
    }

    @Test("a shutdown ends a wait for the next try at once, and cancelling leaves the client usable")
    func waiting() async throws {
        var policy = Self.policy
        policy.initialDelay = .seconds(3600)
        policy.maximumDelay = .seconds(3600)
        let address = DERPClient.Server(host: "127.0.0.1", port: PortNumbers.next(), security: .none)
        let client = ReconnectingDERPClient(to: address, policy: policy)
        let failures = Lock(0)
        let reading = Task {
            for try await event in client.events {
                if case .disconnected = event { failures.withLock { $0 += 1 } }
            }
        }
        try await waitUntil("it has failed") { failures.withLock { $0 } == 1 }
        try await waitUntil("it waits for the next try") { await client.isReceiving }
        await #expect(throws: DERPError(.misuse, "another task receives from this client: only one may at a time")) {
            try await client.next()
        }
        reading.cancel()
        try await reading.value
        let last = Task { try await client.next() }
        await client.shutdown()
        #expect(try await last.value == nil)
        await #expect(throws: DERPError(.closed, "this client was shut down")) {
            try await client.send([1], to: client.publicKey)
        }
    }
}
