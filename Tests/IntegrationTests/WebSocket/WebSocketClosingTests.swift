import Foundation
import TestSupport
import Testing

@Suite("Closing WebSockets", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct WebSocketClosingTests {
    private static func server(_ security: Security, flags: [String] = []) throws -> ServerProcess {
        try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none, flags: flags))
    }

    private static func count(_ reason: String, on server: ServerProcess) throws -> Double {
        try MetricsReading(of: server).total("derp_websockets_closed_total", "reason=\"\(reason)\"")
    }

    @Test("A client that closes gets its code back, and its peers are told", arguments: [Security.plain, .tls13])
    func peerCloses(security: Security) throws {
        let server = try Self.server(security)
        let peer = try RawDERPClient(server)
        for code in [1000, 1001, 3000, 4999, nil] as [UInt16?] {
            let client = try WebSocketClient(server)
            try client.send([1], to: peer.key)
            try peer.expect(.received([1], from: client.key))
            try client.webSocket.send(code.map { .close($0, "bye") } ?? WebSocketFrame(opcode: 8))
            client.webSocket.expectClose(code)
            try peer.expect(.peerGone(client.key, reason: 0))
        }
        #expect(try Self.count("peer", on: server) == 5)
    }

    @Test("A client that sends more after its Close is answered all the same, and not reset")
    func behindClose() throws {
        let server = try Self.server(.plain)
        for _ in 0..<5 {
            let client = try WebSocketClient(server)
            let more = WebSocketFrame.binary(TestKey.random(60_000)).encoded
            try client.webSocket.connection.write(WebSocketFrame.close(1000).encoded + more + more)
            #expect(try client.webSocket.closeCode() == 1000)
            let socket = client.webSocket.connection.socket
            try eventually("the connection ends") {
                var byte: UInt8 = 0
                let count = recv(socket.descriptor, &byte, 1, 0)
                #expect(count == 0 || errno == EAGAIN, "errno \(errno)")
                return count == 0 || errno != EAGAIN
            }
        }
    }

    @Test("Having closed, the server leaves the connection open until the client has answered")
    func waits() throws {
        let server = try Self.server(.tls13)
        let client = try WebSocketClient(server)
        try client.send(Frame(.notePreferred))
        #expect(try client.webSocket.closeCode() == 1000)
        #expect(throws: KitError.self, "it ended at once") {
            try client.webSocket.connection.readToEnd(within: .milliseconds(300))
        }
        try client.webSocket.send(.close(1000))
        #expect(try client.webSocket.connection.readToEnd().isEmpty)
    }

    @Test("A connection that is cut, between frames or within, is counted as lost", arguments: 0..<4)
    func cut(place: Int) throws {
        let server = try Self.server(.tls13)
        let peer = try RawDERPClient(server)
        let client = try WebSocketClient(server)
        try client.send([1], to: peer.key)
        try peer.expect(.received([1], from: client.key))
        let frame = WebSocketFrame.binary(Frame.send(TestKey.random(100), to: peer.key).encoded).encoded
        try client.webSocket.connection.write(Array(frame.prefix([0, 1, 5, 50][place])))
        place.isMultiple(of: 2) ? client.webSocket.connection.close() : client.webSocket.connection.socket.reset()
        try peer.expect(.peerGone(client.key, reason: 0))
        try eventually("it is counted") { try Self.count("lost", on: server) == 1 }
        try peer.expectQuiet()
    }

    @Test(
        "When the server stops, each client gets a Close behind Restarting, and the server doesn't wait for one that is silent"
    )
    func shutdown() throws {
        for security in [Security.plain, .tls13] {
            let server = try Self.server(security)
            let clients = try (0..<4).map { _ in try WebSocketClient(server) }
            defer { withExtendedLifetime(clients) {} }
            let pending = try WebSocketConnection(server)
            let start = ContinuousClock.now
            server.send(signal: SIGTERM)
            for (index, client) in clients.enumerated() {
                #expect(try client.next().type == .restarting)
                #expect(try client.webSocket.closeCode() == 1001)
                if index > 0 { try client.webSocket.send(.close(1001)) }
            }
            #expect(try pending.closeCode() == 1001, "a client that hasn't logged in")
            #expect(try server.waitForExit() == .code(0))
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test("Once it has closed, the server throws away what comes, and waits for the client's Close only a second")
    func unanswered() throws {
        let server = try Self.server(.tls13)
        let peer = try RawDERPClient(server)
        let client = try WebSocketClient(server)
        try client.send(Frame(.notePreferred))
        #expect(try client.webSocket.closeCode() == 1000)
        let start = ContinuousClock.now
        try client.send([1], to: peer.key)
        _ = try client.webSocket.connection.readToEnd()
        #expect(ContinuousClock.now - start < .seconds(4))
        try peer.expectQuiet()
        try eventually("it is counted") { try Self.count("normal", on: server) == 1 }
    }

    @Test("A client that isn't admitted gets the reason, and then 1008")
    func refused() throws {
        let denied = TestKey()
        let directory = try TemporaryDirectory()
        try directory.write(denied.text, to: "deny")
        let flags = ["--deny-file", directory.file("deny").path, "--refused-hold-time=1s"]
        let server = try Self.server(.tls13, flags: flags)
        let socket = try WebSocketConnection(server)
        let serverKey = Array(try socket.readDERPFrame().payload[8..<40])
        try socket.send(.binary(try DERPHandshake.clientInfo(of: denied, for: serverKey).encoded))
        #expect(try socket.readDERPFrame().type == .health)
        #expect(try socket.closeCode() == 1008)
        #expect(try socket.connection.readToEnd().isEmpty)
    }

    @Test("A client that takes nothing, for all its Pings, is closed, and memory stays bounded")
    func neverReads() throws {
        let server = try Self.server(.plain)
        let peer = try RawDERPClient(server)
        let client = try WebSocketClient(server, receiveBuffer: 4096)
        try client.send([1], to: peer.key)
        try peer.expect(.received([1], from: client.key))
        let before = try server.usage().residentBytes
        let ping = WebSocketFrame(opcode: WebSocketFrame.Opcode.ping, payload: TestKey.random(125)).encoded
        let pings = (0..<500).flatMap { _ in ping }
        let packet = Frame.send(TestKey.random(65536), to: client.key)
        let deadline = Deadline(in: .seconds(20))
        var isClosed = false
        while !isClosed, !deadline.hasPassed {
            try peer.send(packet)
            do { try client.webSocket.connection.write(pings, within: .milliseconds(100)) } catch {}
            isClosed = try peer.framesBeforePong().contains(.peerGone(client.key, reason: 0))
        }
        #expect(isClosed)
        #expect(try server.usage().residentBytes - before < 16 << 20)
    }
}
