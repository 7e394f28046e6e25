import TestSupport
import Testing

@Suite("Presence", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct PresenceTests {
    /// How a client may leave.
    enum Leaving: CaseIterable, Sendable {
        case orderly, reset, resetInMidFrame, protocolViolation

        func perform(by client: RawDERPClient) throws {
            switch self {
            case .orderly: client.close()
            case .reset: client.reset()
            case .resetInMidFrame:
                try client.connection.write(Frame.header(.sendPacket, length: 1000) + TestKey.random(100))
                client.reset()
            case .protocolViolation: try client.send(Frame(.watchConnections))
            }
        }
    }

    @Test(
        "When A leaves, B, to which it has sent, gets PeerGone, disconnected, once",
        arguments: Leaving.allCases,
        [1, 2]
    )
    func leaving(leaving: Leaving, loops: Int) throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.loops = loops })
        let pairs = try (0..<8).map { _ in (a: try RawDERPClient(server), b: try RawDERPClient(server)) }
        defer { withExtendedLifetime(pairs) {} }
        for pair in pairs {
            for number: UInt8 in 0..<5 {
                try pair.a.send([number], to: pair.b.key)
                try pair.b.expect(.received([number], from: pair.a.key))
            }
            try leaving.perform(by: pair.a)
            try pair.b.expect(.peerGone(pair.a.key, reason: 0))
            try pair.b.expectQuiet()
        }
    }

    @Test("Over TLS too", arguments: [Leaving.orderly, .reset])
    func leavingTLS(leaving: Leaving) throws {
        let server = try ServerProcess()
        let a = try RawDERPClient(server)
        let b = try RawDERPClient(server)
        try a.send([1], to: b.key)
        try b.expect(.received([1], from: a.key))
        try leaving.perform(by: a)
        try b.expect(.peerGone(a.key, reason: 0))
    }

    @Test("PeerGone comes after the last packet of that peer")
    func orderOfPeerGone() throws {
        let server = try ServerProcess(.plain)
        let b = try RawDERPClient(server)
        for _ in 0..<50 {
            let a = try RawDERPClient(server)
            let packets = (0..<10).map { [UInt8($0)] }
            try a.connection.write(packets.flatMap { Frame.send($0, to: b.key).encoded })
            a.close()
            for packet in packets {
                try b.expect(.received(packet, from: a.key))
            }
            try b.expect(.peerGone(a.key, reason: 0))
        }
    }

    @Test("Peers to which A never sent get nothing")
    func strangers() throws {
        let server = try ServerProcess(.plain)
        let a = try RawDERPClient(server)
        let b = try RawDERPClient(server)
        let listener = try RawDERPClient(server)
        let sender = try RawDERPClient(server)
        try a.send([1], to: b.key)
        try b.expect(.received([1], from: a.key))
        try sender.send([2], to: a.key)
        try a.expect(.received([2], from: sender.key))
        a.close()
        try b.expect(.peerGone(a.key, reason: 0))
        try listener.expectQuiet()
        try sender.expectQuiet()
    }

    @Test("A comes back and leaves without a word: nobody hears of it")
    func secondLife() throws {
        let server = try ServerProcess(.plain)
        let a = try RawDERPClient(server)
        let b = try RawDERPClient(server)
        try a.send([1], to: b.key)
        try b.expect(.received([1], from: a.key))
        a.close()
        try b.expect(.peerGone(a.key, reason: 0))

        let again = try RawDERPClient(server, key: a.key)
        try again.expectQuiet()
        again.close()
        try Self.waitUntilGone(again.key, from: server)
        try b.expectQuiet()
    }

    @Test("B hears of A once per connection, even when A comes back, sends again and leaves again")
    func oncePerConnection() throws {
        let server = try ServerProcess(.plain)
        let key = TestKey()
        let b = try RawDERPClient(server)
        for round: UInt8 in 0..<3 {
            let a = try RawDERPClient(server, key: key)
            try a.send([round], to: b.key)
            try b.expect(.received([round], from: key))
            a.close()
            try Self.waitUntilGone(key, from: server)
            if round == 0 { try b.expect(.peerGone(key, reason: 0)) }
            try b.expectQuiet()
        }
    }

    @Test("B hears nothing from before it came back")
    func secondLifeOfReceiver() throws {
        let server = try ServerProcess(.plain)
        let a = try RawDERPClient(server)
        let first = try RawDERPClient(server)
        try a.send([1], to: first.key)
        try first.expect(.received([1], from: a.key))
        first.close()
        try Self.waitUntilGone(first.key, from: server)

        let second = try RawDERPClient(server, key: first.key)
        a.close()
        try Self.waitUntilGone(a.key, from: server)
        try second.expectQuiet()
    }

    @Test("Each of B's connections that A has sent to hears PeerGone once")
    func connectionsOfReceiver() throws {
        let server = try ServerProcess(.plain)
        let a = try RawDERPClient(server)
        let first = try RawDERPClient(server)
        try a.send([1], to: first.key)
        try first.expect(.received([1], from: a.key))
        let second = try RawDERPClient(server, key: first.key)
        try second.expectQuiet()
        try a.send([2], to: first.key)
        try second.expect(.received([2], from: a.key))
        a.close()
        try first.expect(.peerGone(a.key, reason: 0))
        try second.expect(.peerGone(a.key, reason: 0))
        try first.expectQuiet()
        try second.expectQuiet()
    }

    /// Waits until the server has noticed that a client left: a disco packet for it is then answered.
    private static func waitUntilGone(_ key: TestKey, from server: ServerProcess) throws {
        try eventually("the client is gone") {
            // A new client each time: one alone may ask only three times.
            let prober = try RawDERPClient(server)
            defer { prober.close() }
            try prober.send(DiscoPacket.make(), to: key)
            return try prober.framesBeforePong() == [.peerGone(key, reason: 1)]
        }
    }
}
