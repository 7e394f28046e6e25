import AsyncSockets
import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Clients of a relay that does wrong", .timeLimit(.minutes(1)))
struct HostileServerTests {
    let group: IOLoopGroup
    var loop: IOLoop { self.group.loops[0] }

    init() throws { self.group = try IOLoopGroup(count: 1) }

    private func connect(to relay: ScriptedRelay, _ change: (inout DERPClient.Options) -> Void = { _ in })
        async throws -> DERPClient
    {
        var options = DERPClient.Options()
        change(&options)
        return try await DERPClient.connect(to: relay.server, options: options, on: self.loop)
    }

    private func failure(_ body: () async throws(DERPError) -> Void) async -> DERPError? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    private static func header(_ type: UInt8, _ count: UInt32) -> [UInt8] {
        [type] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) }
    }

    @Test(
        "a frame of a wrong size ends the connection before it is read",
        arguments: [
            (0x05, 31), (0x05, 32 + 65_537), (0x05, .max), (0x06, 1001), (0x08, 31), (0x09, 1001), (0x12, 7),
            (0x12, 1001), (0x13, 0), (0x14, 65_537), (0x15, 7), (0x03, 39),
        ] as [(UInt8, UInt32)]
    )
    func sizes(type: UInt8, count: UInt32) async throws {
        let relay = try await ScriptedRelay(.admit(Frame.keepAlive + Self.header(type, count)))
        let client = try await self.connect(to: relay)
        #expect(try await client.receive(within: .seconds(10)) == .keepAlive)
        let error = await self.failure { () throws(DERPError) in _ = try await client.receive(within: .seconds(10)) }
        #expect(error?.code == .protocolViolation)
    }

    @Test("unknown frames pass, however large they say they are; pings are answered")
    func unknown() async throws {
        let key = NodePrivateKey().publicKey
        let presence = PeerPresence(
            key: key,
            address: IPEndpoint(IPAddress(ipv4: 0xc000_0201), port: 41_641),
            flags: [.regular, .notIdeal]
        )
        let bytes =
            Frame.encode(FrameType(rawValue: 0x77), [UInt8](repeating: 1, count: 100_000))
            + Frame.encode(.sendPacket, [1])
            + Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8, 9])
            + Frame.encode(.peerGone, key.bytes)
            + Frame.encode(.peerPresent, presence.payload)
            + Frame.encode(.peerPresent, key.bytes)
            + Frame.health("tired\u{1b}[2J")
            + Frame.restarting(reconnectAfter: .milliseconds(5), tryFor: .seconds(4))
            + Self.header(0xff, .max) + [UInt8](repeating: 0, count: 100_000)
        let relay = try await ScriptedRelay(.admit(bytes))
        let client = try await self.connect(to: relay)
        var messages: [DERPClient.Message] = []
        for _ in 0..<5 { messages.append(try await client.receive(within: .seconds(10))) }
        #expect(
            messages == [
                .peerGone(key, .disconnected), .peerPresent(presence), .peerPresent(PeerPresence(key: key)),
                .health("tired?[2J"), .restarting(reconnectAfter: .milliseconds(5), tryFor: .seconds(4)),
            ]
        )
        let error = await self.failure { () throws(DERPError) in
            _ = try await client.receive(within: .milliseconds(50))
        }
        #expect(error == DERPError(.timeout, "the server sent nothing in the given time"))
        await client.close()
        let pong = Frame.encode(.pong, [1, 2, 3, 4, 5, 6, 7, 8])
        try await waitUntil("the ping is answered") { relay.heard == pong }
    }

    @Test("a refusal is reported with its reason, or without")
    func refusals() async throws {
        for (bytes, message) in [
            (Frame.health("you are\r\nnobody"), "the server says: you are??nobody"),
            ([], "the server closed the connection instead of admitting this client"),
        ] {
            let relay = try await ScriptedRelay(.refuse(bytes))
            let error = await self.failure { () throws(DERPError) in
                _ = try await DERPClient.connect(to: relay.server, on: self.loop)
            }
            #expect(error == DERPError(.refused, message))
        }
    }

    @Test("a server that says nothing is left after the time that connecting may take, or when that is cancelled")
    func silence() async throws {
        let relay = try await ScriptedRelay(.nothing)
        let start = ContinuousClock.now
        let error = await self.failure { () throws(DERPError) in
            var options = DERPClient.Options()
            options.connectTimeout = .milliseconds(100)
            _ = try await DERPClient.connect(to: relay.server, options: options, on: self.loop)
        }
        #expect(error?.code == .timeout)
        #expect(.now - start < .seconds(10) * Sanitizer.slowness)

        let previous = relay.heard.count
        let connecting = Task { try await DERPClient.connect(to: relay.server, on: self.group.loops[0]) }
        // Its request has come, and nothing answers it.
        try await waitUntil("the client asks") { relay.heard.count > previous }
        connecting.cancel()
        await #expect(throws: DERPError(.cancelled, "connecting was cancelled")) { try await connecting.value }
    }

    @Test("a server that falls silent is left after the read timeout")
    func readTimeout() async throws {
        let relay = try await ScriptedRelay(.admit(Frame.keepAlive))
        let client = try await self.connect(to: relay) { $0.readTimeout = .milliseconds(100) }
        #expect(try await client.receive() == .keepAlive)
        let error = await self.failure { () throws(DERPError) in _ = try await client.receive() }
        #expect(error?.code == .connectionLost)
        #expect(error?.message.contains("has said nothing") == true)
    }

    @Test("a server that takes nothing holds the sender up, within bounds, and is left after the write timeout")
    func writeTimeout() async throws {
        let relay = try await ScriptedRelay(.admit([]), reads: false)
        let client = try await self.connect(to: relay) { $0.writeTimeout = .milliseconds(200) }
        let packet = [UInt8](repeating: 7, count: 65_536)
        var sent = 0
        let error = await self.failure { () throws(DERPError) in
            while sent < 10_000 {
                try await client.send(packet, to: client.publicKey)
                sent += 1
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.message == "the server takes no more bytes")
        // The kernel's buffers, and ours.
        #expect(sent < 500)
    }
}
