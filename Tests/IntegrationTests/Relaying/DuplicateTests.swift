import TestSupport
import Testing

@Suite("Duplicates", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct DuplicateTests {
    @Test("Connections of one key all stay open", arguments: [1, 2])
    func allStay(loops: Int) throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.loops = loops })
        let key = TestKey()
        let connections = try (0..<5).map { _ in try RawDERPClient(server, key: key) }
        defer { withExtendedLifetime(connections) {} }
        for connection in connections + connections {
            try connection.expectQuiet()
        }
    }

    @Test("The newest connection is active: it has sent last")
    func newest() throws {
        let server = try ServerProcess(.plain)
        let peer = try RawDERPClient(server)
        let key = TestKey()
        let first = try RawDERPClient(server, key: key)
        let second = try RawDERPClient(server, key: key)
        try Self.expectActive(second, among: [first, second], seenBy: peer)
    }

    @Test(
        "The connection that last sent anything is the active one",
        arguments: [Frame(.ping, Array("12345678".utf8)), Frame(.unknown, [1]), Frame(.notePreferred, [1]), nil]
    )
    func lastSpeaker(frame: Frame?) throws {
        let server = try ServerProcess(.plain)
        let peer = try RawDERPClient(server)
        let key = TestKey()
        let first = try RawDERPClient(server, key: key)
        let second = try RawDERPClient(server, key: key)
        for speaker in [first, second, first] {
            try speaker.send(frame ?? .send([9], to: peer.key))
            // The server has read it when what follows has reached the peer or come back.
            if let frame {
                if frame.type == .ping { try speaker.expect(Frame(.pong, frame.payload)) }
                try Self.waitUntilActive(speaker, seenBy: peer)
            } else {
                try peer.expect(.received([9], from: key))
            }
            try Self.expectActive(speaker, among: [first, second], seenBy: peer)
        }
    }

    @Test("When the active one leaves, the one that spoke before it takes over", arguments: [1, 2])
    func succession(loops: Int) throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.loops = loops })
        let peer = try RawDERPClient(server)
        let key = TestKey()
        var connections = try (0..<4).map { _ in try RawDERPClient(server, key: key) }
        for index in [2, 0, 3, 1] {
            try connections[index].expectQuiet()
        }
        // Now the last speaker is 1, before it 3, before it 0, before it 2.
        connections = [1, 3, 0, 2].map { connections[$0] }
        while connections.count > 1 {
            connections.removeFirst().close()
            try Self.waitUntilActive(connections[0], seenBy: peer)
            try Self.expectActive(connections[0], among: connections, seenBy: peer)
        }
    }

    @Test("One that is not active leaves: nothing changes")
    func inactiveLeaves() throws {
        let server = try ServerProcess(.plain)
        let peer = try RawDERPClient(server)
        let key = TestKey()
        let first = try RawDERPClient(server, key: key)
        let second = try RawDERPClient(server, key: key)
        first.close()
        for _ in 0..<20 {
            try Self.expectActive(second, among: [second], seenBy: peer)
        }
    }

    @Test("Peers hear PeerGone only when the last connection is gone, and once")
    func lastOneGone() throws {
        let server = try ServerProcess(.plain)
        let peer = try RawDERPClient(server)
        let key = TestKey()
        let connections = try (0..<3).map { _ in try RawDERPClient(server, key: key) }
        defer { withExtendedLifetime(connections) {} }
        for connection in connections {
            try connection.send([1], to: peer.key)
            try peer.expect(.received([1], from: key))
        }
        connections[2].close()
        try Self.waitUntilActive(connections[1], seenBy: peer)
        try peer.expectQuiet()
        connections[1].close()
        try Self.waitUntilActive(connections[0], seenBy: peer)
        try peer.expectQuiet()
        connections[0].close()
        try peer.expect(.peerGone(key, reason: 0))
        try peer.expectQuiet()
    }

    /// Sends to the connections' key until `connection` gets it.
    private static func waitUntilActive(_ connection: RawDERPClient, seenBy peer: RawDERPClient) throws {
        let deadline = Deadline(in: Deadline.answer)
        while true {
            try peer.send([0x77], to: connection.key)
            do {
                let frame = try connection.next(within: .milliseconds(100))
                #expect(frame == .received([0x77], from: peer.key))
                return
            } catch KitError.timedOut where !deadline.hasPassed {
                continue
            }
        }
    }

    /// Expects that only `active` gets a packet for the key that all share.
    private static func expectActive(
        _ active: RawDERPClient,
        among connections: [RawDERPClient],
        seenBy peer: RawDERPClient,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let packet = TestKey.random(16)
        try peer.send(packet, to: active.key)
        while true {
            let frame = try active.next()
            // What waitUntilActive sent more than once may still come.
            if frame == .received([0x77], from: peer.key) { continue }
            #expect(frame == .received(packet, from: peer.key), sourceLocation: sourceLocation)
            break
        }
        for other in connections where other !== active {
            while let frame = try? other.next(within: .milliseconds(20)) {
                #expect(frame == .received([0x77], from: peer.key), sourceLocation: sourceLocation)
            }
        }
    }
}
