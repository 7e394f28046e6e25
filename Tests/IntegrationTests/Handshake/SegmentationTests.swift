import TestSupport
import Testing

@Suite("Handshake segments", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct SegmentationTests {
    @Test(
        "Everything in one segment: nothing behind the request and behind ClientInfo is lost",
        arguments: Security.all,
        DERPHandshake.Start.allCases
    )
    func oneSegment(security: Security, start: DERPHandshake.Start) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let receiver = try RawDERPClient(server, security: security)
        let key = TestKey()
        let bytes = try Self.script(key: key, receiver: receiver, start: start)
        let connection = try server.connect(security)
        try connection.write(bytes)
        try Self.expectAnswers(over: connection, key: key, receiver: receiver, start: start)
    }

    @Test("Everything byte by byte", arguments: Security.all, DERPHandshake.Start.allCases)
    func byteByByte(security: Security, start: DERPHandshake.Start) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let receiver = try RawDERPClient(server, security: security)
        let key = TestKey()
        let bytes = try Self.script(key: key, receiver: receiver, start: start)
        let connection = try server.connect(security)
        try connection.write(bytes, segment: 1)
        try Self.expectAnswers(over: connection, key: key, receiver: receiver, start: start)
    }

    @Test("A TLS record for every byte")
    func recordPerByte() throws {
        let server = try ServerProcess()
        let receiver = try RawDERPClient(server)
        let key = TestKey()
        let bytes = try Self.script(key: key, receiver: receiver, start: .fast)
        let connection = try server.connect()
        for byte in bytes {
            try connection.write([byte])
        }
        try Self.expectAnswers(over: connection, key: key, receiver: receiver, start: .fast)
    }

    @Test("Frames cut at every byte")
    func everyCut() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        let packet = Frame.send(TestKey.random(20), to: receiver.key)
        let bytes = packet.encoded + Frame(.unknown, TestKey.random(7)).encoded + packet.encoded
        let expected = Frame.received(Array(packet.payload[32...]), from: sender.key)
        for cut in 1..<bytes.count {
            try sender.connection.write(Array(bytes[..<cut]))
            try sender.connection.write(Array(bytes[cut...]))
            try receiver.expect(expected)
            try receiver.expect(expected)
        }
    }

    /// Request, ClientInfo, a packet and a ping: all that a client can know to say before it has heard anything,
    /// once it knows the server's key.
    private static func script(key: TestKey, receiver: RawDERPClient, start: DERPHandshake.Start) throws -> [UInt8] {
        Array(start.request.encoded.utf8)
            + (try DERPHandshake.clientInfo(of: key, for: receiver.serverKey).encoded)
            + Frame.send(Array("early".utf8), to: receiver.key).encoded
            + Frame(.ping, Array("12345678".utf8)).encoded
    }

    private static func expectAnswers(
        over connection: Connection,
        key: TestKey,
        receiver: RawDERPClient,
        start: DERPHandshake.Start
    ) throws {
        let serverKey = try DERPHandshake.readServerKey(from: connection, start)
        #expect(serverKey == receiver.serverKey)
        _ = try DERPHandshake.readServerInfo(from: connection, to: key, serverKey: serverKey)
        let pong = try DERPHandshake.readFrame(from: connection, until: Deadline(in: Deadline.answer))
        #expect(pong == Frame(.pong, Array("12345678".utf8)))
        try receiver.expect(.received(Array("early".utf8), from: key))
    }
}
