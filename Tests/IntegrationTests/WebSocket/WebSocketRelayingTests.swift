import TestSupport
import Testing

@Suite("DERP over WebSockets", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct WebSocketRelayingTests {
    private static func server(_ security: Security) throws -> ServerProcess {
        try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
    }

    @Test("Packets of all sizes pass between WebSocket and plain clients", arguments: Security.all)
    func sizes(security: Security) throws {
        let server = try Self.server(security)
        let plain = try RawDERPClient(server, security: security)
        let clients = try (0..<2).map { _ in try WebSocketClient(server, security: security) }
        for size in [0, 1, 84, 85, 1400, 16338, 16339, 16384, 65498, 65499, 65535, 65536] {
            let packet = TestKey.random(size)
            try clients[0].send(packet, to: clients[1].key)
            #expect(try clients[1].receives(.received(packet, from: clients[0].key)))
            try clients[1].send(packet, to: plain.key)
            try plain.expect(.received(packet, from: clients[1].key))
            try plain.send(packet, to: clients[0].key)
            #expect(try clients[0].receives(.received(packet, from: plain.key)))
        }
    }

    @Test("DERP frames may begin and end anywhere in messages and fragments, with control frames in between")
    func boundaries() throws {
        let server = try Self.server(.tls13)
        let receiver = try RawDERPClient(server)
        let sender = try WebSocketClient(server)
        let packet = Frame.send(TestKey.random(10), to: receiver.key)
        let bytes = packet.encoded + packet.encoded
        let expected = Frame.received(Array(packet.payload[32...]), from: sender.key)
        for cut in 1..<bytes.count {
            let (start, end) = (Array(bytes[..<cut]), Array(bytes[cut...]))
            var first = WebSocketFrame.binary(start)
            var second = WebSocketFrame.binary(end)
            if cut.isMultiple(of: 2) {
                first.isFinal = false
                second.opcode = WebSocketFrame.Opcode.continuation
            }
            try sender.webSocket.send(first)
            try sender.webSocket.send(WebSocketFrame(opcode: WebSocketFrame.Opcode.ping, payload: [UInt8(cut)]))
            try sender.webSocket.send(second)
            for _ in 0..<2 { try receiver.expect(expected) }
        }
        // All Pongs come before the one of DERP's own Ping.
        try sender.send(Frame(.ping, Array("12345678".utf8)))
        #expect(try sender.receives(Frame(.pong, Array("12345678".utf8))))
        let pongs = (1..<bytes.count).map {
            WebSocketFrame(opcode: WebSocketFrame.Opcode.pong, payload: [UInt8($0)])
        }
        #expect(sender.webSocket.controlFrames == pongs)
    }

    @Test("What is sent right behind the request counts, in one piece and byte by byte", arguments: Security.all)
    func early(security: Security) throws {
        let server = try Self.server(security)
        let receiver = try RawDERPClient(server, security: security)
        for segment in [nil, 1] as [Int?] {
            let key = TestKey()
            let connection = try server.connect(security)
            let frames: [WebSocketFrame] = [
                .binary(try DERPHandshake.clientInfo(of: key, for: receiver.serverKey).encoded),
                WebSocketFrame(opcode: WebSocketFrame.Opcode.ping, payload: [7]),
                .binary(Frame.send(Array("early".utf8), to: receiver.key).encoded),
            ]
            let request = Array(WebSocketConnection.request().encoded.utf8)
            try connection.write(request + frames.flatMap(\.encoded), segment: segment)
            try receiver.expect(.received(Array("early".utf8), from: key))
            connection.close()
            try receiver.expect(.peerGone(key, reason: 0))
        }
    }

    @Test("64 KiB behind the request, in more than the server reads at once, are not lost")
    func muchEarly() throws {
        let server = try Self.server(.tls13)
        let receiver = try RawDERPClient(server)
        let key = TestKey()
        let login = WebSocketFrame.binary(try DERPHandshake.clientInfo(of: key, for: receiver.serverKey).encoded)
        let packets = (0..<20).map { Frame.send([UInt8($0)] + TestKey.random(8000), to: receiver.key) }
        let connection = try server.connect()
        let frames = [login] + packets.map { WebSocketFrame.binary($0.encoded) }
        try connection.write(Array(WebSocketConnection.request().encoded.utf8) + frames.flatMap(\.encoded))
        for packet in packets { try receiver.expect(.received(Array(packet.payload[32...]), from: key)) }
    }

    @Test("What is sent fast to a WebSocket comes in order, and whole")
    func burst() throws {
        let server = try Self.server(.tls13)
        let sender = try RawDERPClient(server)
        let receiver = try WebSocketClient(server)
        for _ in 0..<20 {
            let packets = (0..<20).map { [UInt8($0)] + TestKey.random(6000) }
            try sender.connection.write(packets.flatMap { Frame.send($0, to: receiver.key).encoded })
            for packet in packets { #expect(try receiver.receives(.received(packet, from: sender.key))) }
        }
    }

    @Test("While a client takes nothing its last Ping waits for an answer, and gets it once the client reads")
    func delayedPong() throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.flags = ["-tcp-write-timeout", "60s"] })
        let peer = try RawDERPClient(server)
        let client = try WebSocketClient(server, receiveBuffer: 4096)
        for _ in 0..<100 { try peer.send(TestKey.random(65536), to: client.key) }
        try peer.expectQuiet()
        for number in 0..<5 as Range<UInt8> {
            try client.webSocket.send(WebSocketFrame(opcode: WebSocketFrame.Opcode.ping, payload: [number]))
        }
        try client.send([1], to: peer.key)
        try peer.expect(.received([1], from: client.key))
        try peer.send([2], to: client.key)
        while try client.next() != .received([2], from: peer.key) {}
        #expect(client.webSocket.controlFrames == [WebSocketFrame(opcode: WebSocketFrame.Opcode.pong, payload: [4])])
    }

    @Test("A refused request is answered in HTTP, and the connection continues")
    func refusals() throws {
        let server = try Self.server(.plain)
        let connection = try server.connect()
        var request = WebSocketConnection.request()
        request.headers = request.headers.map { ($0.name, $0.name == "Sec-WebSocket-Version" ? "8" : $0.value) }
        let answer = try request.send(over: connection)
        #expect(answer.status == 426)
        #expect(answer["sec-websocket-version"] == "13")
        request = WebSocketConnection.request()
        request.headers.removeAll { $0.name == "Sec-WebSocket-Key" }
        #expect(try request.send(over: connection).status == 400)
        request = WebSocketConnection.request()
        request.method = "POST"
        #expect(try request.send(over: connection).status == 405)
        try connection.write(WebSocketConnection.request().encoded)
        #expect(try HTTPResponse(from: connection).status == 101)
    }
}
