import TestSupport
import Testing

@Suite("Frame rules", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct FrameRulesTests {
    private static let oversized: [(FrameType, UInt32)] = [
        (.pong, 1001), (.keepAlive, 1001), (.peerGone, 1001), (.restarting, 1001), (.receivePacket, 65_569),
        (.serverKey, 262_145), (.serverInfo, 262_145), (.clientInfo, 262_145), (.health, UInt32.max),
    ]

    @Test("A frame of an unknown type is skipped", arguments: [0, 1, 65536, 3_000_000])
    func unknownType(size: Int) throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        try client.send(Frame(.unknown, [UInt8](repeating: 0x12, count: size)))
        try client.expectQuiet()
    }

    @Test(
        "Types that only a server sends are skipped like unknown ones",
        arguments: [
            FrameType.serverKey, .clientInfo, .serverInfo, .receivePacket, .keepAlive, .peerGone, .pong, .restarting,
        ]
    )
    func serverType(type: FrameType) throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        try client.send(Frame(type, TestKey.random(8)))
        try client.expectQuiet()
    }

    @Test(
        "A type that only a server sends closes the connection when its length is one that it can't have",
        arguments: Self.oversized
    )
    func oversizedServerType(type: FrameType, length: UInt32) throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        try client.connection.write(Frame.header(type, length: length) + TestKey.random(64))
        #expect(client.expectClosed().isEmpty)
        try RawDERPClient(server).expectQuiet()
    }

    @Test("An unknown type whose length says 4 GiB is skipped without buffering it")
    func hugeUnknownType() throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        let other = try RawDERPClient(server)
        let before = try server.usage().residentBytes
        try client.connection.write(Frame.header(.unknown, length: .max))
        let chunk = [UInt8](repeating: 0x12, count: 1 << 20)
        for _ in 0..<64 {
            try client.connection.write(chunk)
        }
        try other.expectQuiet()
        let growth = try server.usage().residentBytes - before
        #expect(growth < 16 << 20, "resident memory grew by \(growth) bytes")
    }

    @Test(
        "A frame of the wrong size closes the connection",
        arguments: [
            Frame(.notePreferred), Frame(.notePreferred, [1, 0]), Frame(.notePreferred, TestKey.random(1000)),
            Frame(.ping), Frame(.ping, TestKey.random(7)), Frame(.ping, TestKey.random(1001)),
            Frame(.sendPacket), Frame(.sendPacket, TestKey.random(31)),
        ]
    )
    func wrongSize(frame: Frame) throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        try client.send(frame)
        #expect(client.expectClosed().isEmpty)
        try RawDERPClient(server).expectQuiet()
    }

    @Test(
        "A length of 0xFFFFFFFF on a type that a client may send closes the connection",
        arguments: [
            FrameType.sendPacket, .notePreferred, .forwardPacket, .watchConnections, .closePeer, .ping,
        ]
    )
    func hugeLength(type: FrameType) throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        try client.connection.write(Frame.header(type, length: .max) + TestKey.random(64))
        #expect(client.expectClosed().isEmpty)
        try RawDERPClient(server).expectQuiet()
    }

    @Test(
        "A privileged frame without the mesh key closes the connection",
        arguments: [
            Frame(.forwardPacket, TestKey.random(64 + 100)), Frame(.watchConnections),
            Frame(.closePeer, TestKey.random(32)),
        ]
    )
    func privilegedFrame(frame: Frame) throws {
        let server = try ServerProcess(.plain)
        let other = try RawDERPClient(server)
        let client = try RawDERPClient(server)
        try client.send(frame)
        #expect(client.expectClosed().isEmpty)
        try other.expectQuiet()
    }

    @Test("A client can neither close another nor speak for it")
    func noPrivileges() throws {
        let server = try ServerProcess(.plain)
        let victim = try RawDERPClient(server)
        let closer = try RawDERPClient(server)
        try closer.send(Frame(.closePeer, victim.key.publicBytes))
        closer.expectClosed()
        let forger = try RawDERPClient(server)
        try forger.send(Frame(.forwardPacket, closer.key.publicBytes + victim.key.publicBytes + [1, 2, 3]))
        forger.expectClosed()
        try victim.expectQuiet()
    }

    @Test("A ping is answered with its first 8 bytes", arguments: [8, 9, 64, 1000])
    func ping(size: Int) throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        let data = TestKey.random(size)
        try client.send(Frame(.ping, data))
        try client.expect(Frame(.pong, Array(data.prefix(8))))
        try client.expectQuiet()
    }

    @Test("A flood of pings is answered by no more pongs, each with the bytes of a ping, and the client continues")
    func pingFlood() throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        let pings = (0..<1000).map { _ in TestKey.random(8) }
        try client.connection.write(pings.flatMap { Frame(.ping, $0).encoded })
        // While a pong waits further pings go unanswered, so that it may take more than one to see the flood's end.
        var pongs: [Frame] = []
        try eventually("a ping after the flood is answered") {
            let data = TestKey.random(8)
            try client.send(Frame(.ping, data))
            while let frame = try? client.next(within: .milliseconds(200)) {
                if frame == Frame(.pong, data) { return true }
                pongs.append(frame)
            }
            return false
        }
        let flood = Set(pings)
        #expect(pongs.count { flood.contains($0.payload) } <= pings.count)
        #expect(pongs.allSatisfy { $0.type == .pong })
        try client.expectQuiet()
    }

    @Test("NotePreferred is taken, whatever its byte")
    func notePreferred() throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        for value: UInt8 in [1, 1, 0, 0, 1] {
            try client.send(Frame(.notePreferred, [value]))
        }
        try client.expectQuiet()
    }

    @Test("Garbage instead of frames harms nobody else")
    func garbage() throws {
        let server = try ServerProcess(.plain)
        let other = try RawDERPClient(server)
        for _ in 0..<20 {
            let client = try RawDERPClient(server)
            try? client.connection.write(TestKey.random(10_000))
            client.close()
        }
        try other.expectQuiet()
    }
}
