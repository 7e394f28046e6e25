import AsyncSockets
import Glibc
import Synchronization
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Revoking", .timeLimit(.minutes(1)))
struct RelayDisconnectTests {
    @Test("without a reason all connections of the key are closed without a word, and no other")
    func silent() async throws {
        try await ObservedRelay.run { observed in
            let key = NodePrivateKey()
            let clients = [try await observed.connect(key), try await observed.connect(key)]
            let other = try await observed.connect()
            var events = observed.relay.events.makeAsyncIterator()
            #expect(await observed.relay.disconnect(key.publicKey) == 2)
            for client in clients {
                await #expect { try await client.receive(within: .seconds(10)) } throws: {
                    ($0 as? DERPError)?.code == .connectionLost
                }
                // That the last one has come may be told only now.
                var event = try #require(await events.next())
                while event.kind != .clientDisconnected { event = try #require(await events.next()) }
                #expect(event.key == key.publicKey && event.disconnection == .disconnected)
            }
            #expect(await observed.clients { $0.count == 1 }.map(\.key) == [other.publicKey])
            #expect(await observed.relay.statistics.connections.closed[.disconnected] == 2)
            #expect(await observed.relay.disconnect(key.publicKey) == 0)
        }
    }

    @Test("a client that is disconnected with a reason gets the reason and is held: nothing is relayed for it")
    func told() async throws {
        try await ObservedRelay.run { observed in
            let (client, other) = (try await observed.connect(), try await observed.connect())
            #expect(await observed.relay.disconnect(client.publicKey, reason: "the party\nis over") == 1)
            let notice = "This relay has disconnected this client: the party is over."
            #expect(try await client.receive(within: .seconds(10)) == .health(notice))
            _ = await observed.clients { $0.count == 1 }
            while await observed.relay.statistics.clients.held < 1 { await Task.yield() }
            // It still is open: what it sends is taken, and goes nowhere.
            try await client.send([1], to: other.publicKey)
            try await other.send([2], to: client.publicKey)
            await #expect { try await client.receive(within: .milliseconds(100)) } throws: {
                ($0 as? DERPError)?.code == .timeout
            }
            await #expect { try await other.receive(within: .milliseconds(100)) } throws: {
                ($0 as? DERPError)?.code == .timeout
            }
            // It may come back at any time.
            await client.close()
        }
    }

    @Test("a key that is no longer wanted is out for good once its decision is forgotten and it is disconnected")
    func revoked() async throws {
        let verifier = ScriptedVerifier(.allow)
        try await ObservedRelay.run {
            $0.admission.verifiers = [verifier]
        } _: { observed in
            let key = NodePrivateKey()
            let client = try await observed.connect(key)
            verifier.answer(.deny(message: "your time is up"))
            #expect(try await observed.refusal(of: key) == nil, "the answer is remembered")
            await observed.relay.forgetDecisions(about: key.publicKey)
            await observed.relay.disconnect(key.publicKey)
            await #expect(throws: DERPError.self) { try await client.receive(within: .seconds(10)) }
            let refusal = try await observed.refusal(of: key)
            #expect(refusal?.contains("This relay does not admit this client: your time is up.") == true)
            verifier.answer(.allow)
            #expect(try await observed.refusal(of: key) != nil, "the refusal is remembered")
            await observed.relay.forgetDecisions()
            #expect(try await observed.refusal(of: key) == nil)
        }
    }

    /// Is refused, and returns how long the connection was held, in nanoseconds.
    private static func held(_ key: NodePrivateKey, by observed: ObservedRelay) async throws -> UInt64 {
        let loop = observed.clientGroup.loops[0]
        let address = IPEndpoint(.loopbackIPv4, port: observed.server.port)
        let result = await loop.run { () async -> Result<UInt64, any Error> in
            do {
                let stream = try await TCPStream.connect(to: address, on: loop)
                defer { stream.close() }
                let handshake = ClientHandshake(privateKey: key, host: "localhost")
                _ = try? await ClientHandshake.perform(handshake, on: stream)
                let start = loop.now
                while true {
                    switch stream.receive() {
                    case .bytes: continue
                    case .wouldBlock: await stream.waitUntilReadable()
                    case .closed, .failed: return .success(loop.now - start)
                    }
                }
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    @Test("a refused client that is held is let go when its decision is forgotten", arguments: [false, true])
    func letGo(all: Bool) async throws {
        let verifier = ScriptedVerifier(.deny(.denied))
        try await ObservedRelay.run {
            $0.admission.verifiers = [verifier]
        } _: { observed in
            let keys = [NodePrivateKey(), NodePrivateKey()]
            async let first = Self.held(keys[0], by: observed)
            while await observed.relay.statistics.clients.held < 1 { await Task.yield() }
            // Another key's is held on.
            await observed.relay.forgetDecisions(about: keys[1].publicKey)
            #expect(await observed.relay.statistics.clients.held == 1)
            if all {
                await observed.relay.forgetDecisions()
            } else {
                await observed.relay.forgetDecisions(about: keys[0].publicKey)
            }
            // Held clients stay for 30 s at least.
            let time = try await first
            #expect(time < 20_000_000_000)
            #expect(await observed.relay.statistics.counters.refusalEnds[.lifted] == 1)
        }
    }

    @Test("a refused client that is held is closed when its key is disconnected without a reason, and only then")
    func heldAndDisconnected() async throws {
        let verifier = ScriptedVerifier(.deny(.denied))
        try await ObservedRelay.run {
            $0.admission.verifiers = [verifier]
        } _: { observed in
            let key = NodePrivateKey()
            async let held = Self.held(key, by: observed)
            while await observed.relay.statistics.clients.held < 1 { await Task.yield() }
            #expect(await observed.relay.disconnect(key.publicKey, reason: "again") == 0)
            #expect(await observed.relay.disconnect(NodePrivateKey().publicKey) == 0)
            #expect(await observed.relay.statistics.clients.held == 1)
            #expect(await observed.relay.disconnect(key.publicKey) == 1)
            // Held clients stay for 30 s at least.
            let time = try await held
            #expect(time < 20_000_000_000)
        }
    }

    @Test(
        "a client that logs in with a decision forgotten meanwhile is verified again and closed",
        arguments: [AdmissionDecision.Reason.denied, .unavailable]
    )
    func race(answer: AdmissionDecision.Reason) async throws {
        let verifier = ScriptedVerifier(.allow)
        try await ObservedRelay.run {
            $0.admission.verifiers = [verifier]
        } _: { observed in
            let relay = observed.relay
            // Nobody is admitted before all loops know; and one doesn't listen.
            let isReleased = Shared(Atomic(false))
            let stalled = relay.relays[1].loop
            let stall = Task { await stalled.run { Self.wait(for: isReleased) } }
            var connecting: [Task<DERPClient, any Error>] = []
            var events = relay.events.makeAsyncIterator()
            let keys = (0..<16).map { _ in NodePrivateKey() }
            for key in keys { connecting.append(Task { try await observed.connect(key) }) }
            var registered: NodePublicKey?
            while registered == nil {
                for key in keys where await !relay.context.forwarder.connections(of: key.publicKey).isEmpty {
                    registered = key.publicKey
                }
                await Task.yield()
            }
            verifier.answer(.deny(answer))
            await relay.context.gatekeeper?.forget(nil)
            isReleased.value.store(true, ordering: .releasing)
            await stall.value
            var ended: RelayEvent?
            while ended?.key != registered || ended?.kind != .clientDisconnected { ended = await events.next() }
            #expect(ended?.disconnection == .refused)
            for task in connecting { _ = try? await task.value }
        }
    }

    private static func wait(for flag: Shared<Atomic<Bool>>) {
        while !flag.value.load(ordering: .acquiring) { usleep(1000) }
    }
}
