import DERPKitTesting
import TestSupport
import Testing

@Suite("A relay for tests", .timeLimit(.minutes(1)))
struct TestRelayTests {
    private func code(_ body: () async throws(DERPError) -> Void) async -> DERPError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    private func exchange(_ sender: DERPClient, _ receiver: DERPClient, _ packet: [UInt8]) async throws {
        try await sender.send(packet, to: receiver.publicKey)
        #expect(try await receiver.receive(within: .seconds(10)) == .packet(from: sender.publicKey, packet))
    }

    @Test("relays between clients, with TLS and without", arguments: [false, true])
    func relaying(tls: Bool) async throws {
        try await TestRelay.run(security: tls ? .tls : .plain) { relay in
            let alice = try await relay.connect()
            let bob = try await relay.connect()
            #expect(alice.serverKey == relay.serverKey && (alice.tls != nil) == tls)
            try await self.exchange(alice, bob, [1, 2, 3])
            // Larger than what one read brings.
            try await self.exchange(bob, alice, [UInt8](repeating: 7, count: 65_536))
            await alice.close()
            #expect(try await bob.receive(within: .seconds(10)) == .peerGone(alice.publicKey, .disconnected))
        }
    }

    @Test("cuts one client's connection, and no other's")
    func cut() async throws {
        try await TestRelay.run { relay in
            let alice = try await relay.connect()
            let bob = try await relay.connect()
            #expect(await relay.cut(alice.publicKey) == 1)
            #expect(
                await self.code { () throws(DERPError) in _ = try await alice.receive(within: .seconds(10)) }
                    == .connectionLost
            )
            #expect(await relay.cut(alice.publicKey) == 0)
            try await self.exchange(bob, bob, [1])
            #expect(await relay.cut() == 1)
        }
    }

    @Test("a client that is stalled gets what waited, in order, when it continues")
    func stall() async throws {
        try await TestRelay.run { relay in
            let alice = try await relay.connect()
            let bob = try await relay.connect()
            #expect(await relay.stall(bob.publicKey) == 1)
            for number in 0..<3 { try await alice.send([UInt8(number)], to: bob.publicKey) }
            #expect(
                await self.code { () throws(DERPError) in _ = try await bob.receive(within: .milliseconds(50)) }
                    == .timeout
            )
            #expect(await relay.resume(bob.publicKey) == 1)
            for number in 0..<3 {
                #expect(
                    try await bob.receive(within: .seconds(10)) == .packet(from: alice.publicKey, [UInt8(number)])
                )
            }
        }
    }

    @Test("a client that hears nothing finds out by itself, while others hear what it sends")
    func silence() async throws {
        try await TestRelay.run { relay in
            var options = DERPClient.Options()
            options.readTimeout = .milliseconds(200)
            let alice = try await relay.connect(options: options)
            let bob = try await relay.connect()
            await relay.silence(alice.publicKey)
            try await alice.send([1], to: bob.publicKey)
            #expect(try await bob.receive(within: .seconds(10)) == .packet(from: alice.publicKey, [1]))
            try await bob.send([2], to: alice.publicKey)
            #expect(
                await self.code { () throws(DERPError) in _ = try await alice.receive(within: .seconds(10)) }
                    == .connectionLost
            )
        }
    }

    @Test("a connection that lost bytes is closed instead of continued", arguments: [false, true], [1, 65_536])
    func silenceAndResume(tls: Bool, size: Int) async throws {
        try await TestRelay.run(security: tls ? .tls : .plain) { relay in
            let alice = try await relay.connect()
            let bob = try await relay.connect()
            var code: DERPError.Code?
            // Now and then a packet is on its way to the proxy until the silence is over, and arrives.
            while code == nil {
                await relay.silence(alice.publicKey)
                let packet = [UInt8](repeating: 7, count: size)
                try await bob.send(packet, to: alice.publicKey)
                // Shows that the relay has the first packet.
                try await self.exchange(bob, bob, [1])
                #expect(await relay.resume(alice.publicKey) == 1)
                code = await self.code { () throws(DERPError) in
                    let message = try await alice.receive(within: .seconds(10))
                    #expect(message == .packet(from: bob.publicKey, packet))
                }
            }
            #expect(code == .connectionLost)
        }
    }

    @Test("a connection that was silenced, and lost nothing, continues")
    func silenceWithoutLoss() async throws {
        try await TestRelay.run { relay in
            let alice = try await relay.connect()
            let bob = try await relay.connect()
            await relay.silence()
            await relay.resume()
            try await self.exchange(alice, bob, [1])
            try await self.exchange(bob, alice, [2])
        }
    }

    @Test("clients that connect while all are stalled are not answered")
    func stallAll() async throws {
        try await TestRelay.run { relay in
            await relay.stall()
            var options = DERPClient.Options()
            options.connectTimeout = .milliseconds(100)
            #expect(
                await self.code { () throws(DERPError) in _ = try await relay.connect(options: options) } == .timeout
            )
            await relay.resume()
            _ = try await relay.connect()
        }
    }

    @Test("refuses a client, and admits it again")
    func refusal() async throws {
        try await TestRelay.run { relay in
            let key = NodePrivateKey()
            await relay.refuse(key.publicKey)
            #expect(await self.code { () throws(DERPError) in _ = try await relay.connect(as: key) } == .refused)
            _ = try await relay.connect()
            await relay.admit(key.publicKey)
            _ = try await relay.connect(as: key)
        }
    }

    @Test("a client that reconnects survives a cut, a refusal, and a restart at the same address")
    func reconnecting() async throws {
        try await TestRelay.run(security: .tls) { relay in
            let client = relay.reconnectingClient()
            var events = client.events.makeAsyncIterator()
            var reasons: [DERPError.Code] = []

            func connection() async throws {
                while let event = try await events.next() {
                    switch event {
                    case .connected: return
                    case .disconnected(let reason, _):
                        reasons.append(reason.code)
                        if reason.code == .refused { await relay.admit() }
                    case .message: continue
                    }
                }
                Issue.record("the client has ended")
            }

            try await connection()
            await relay.refuse(client.publicKey)
            #expect(await relay.cut(client.publicKey) == 1)
            try await connection()
            #expect(reasons == [.connectionLost, .refused])
            reasons = []
            try await relay.restart()
            try await connection()
            #expect(reasons.first == .connectionLost)
            try await client.send([9], to: client.publicKey)
            guard case .message(.packet(client.publicKey, [9])) = try await events.next() else {
                Issue.record("the packet is lost")
                return
            }
        }
    }

    @Test("while it is down, clients find nobody")
    func down() async throws {
        try await TestRelay.run { relay in
            let client = try await relay.connect()
            await relay.takeDown()
            var messages: [DERPClient.Message] = []
            let code = await self.code { () throws(DERPError) in
                for try await message in client.messages { messages.append(message) }
            }
            #expect(code == .connectionLost)
            #expect(messages == [.restarting(reconnectAfter: .zero, tryFor: .seconds(30))])
            #expect(await self.code { () throws(DERPError) in _ = try await relay.connect() } == .connection)
            try await relay.bringUp()
            _ = try await relay.connect()
        }
    }

    @Test("can be started once, and not brought up after its end")
    func secondStart() async throws {
        let relay = try await TestRelay()
        await #expect { try await relay.bringUp() } throws: { ($0 as? DERPError)?.code == .misuse }
        try await relay.start()
        await #expect { try await relay.start() } throws: { ($0 as? DERPError)?.code == .misuse }
        _ = try await relay.connect()
        await relay.shutdown()
        await relay.shutdown()
        await #expect { try await relay.start() } throws: { ($0 as? DERPError)?.code == .misuse }
        await #expect { try await relay.restart() } throws: { ($0 as? DERPError)?.code == .misuse }
    }
}
