import Glibc
import TestSupport
import Testing

@Suite("WebSocket library", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct WebSocketLibraryTests {
    private static func server(_ security: Security) throws -> ServerProcess {
        try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
    }

    @Test("It relays to and from a client without WebSocket", arguments: [Security.plain, .tls13])
    func plainPeer(security: Security) throws {
        let server = try Self.server(security)
        let plain = try RawDERPClient(server)
        let library = try WebSocketLibrary(server, serverKey: plain.serverKey, errand: .echo)
        try library.expect("ready")
        for size in [0, 1, 1400, 16384, 65535, 65536] {
            let packet = TestKey.random(size)
            try plain.send(packet, to: library.key)
            try plain.expect(.received(packet, from: library.key))
        }
    }

    @Test("Two of them relay to each other, and one closes in order", arguments: [Security.plain, .tls13])
    func eachOther(security: Security) throws {
        let server = try Self.server(security)
        let serverKey = try PendingClient(server).serverKey
        let echo = try WebSocketLibrary(server, serverKey: serverKey, errand: .echo)
        try echo.expect("ready")
        let visitor = try WebSocketLibrary(server, serverKey: serverKey, errand: .visit(echo.key))
        try visitor.expect("served")
        try visitor.expect("closed 1000")
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_websockets_total") == 2)
        #expect(try reading.total("derp_websockets_closed_total", #"reason="peer""#) == 1)
    }

    @Test("It is told when the server goes away", arguments: [Security.plain, .tls13])
    func shutdown(security: Security) throws {
        let server = try Self.server(security)
        let library = try WebSocketLibrary(server, serverKey: PendingClient(server).serverKey, errand: .echo)
        try library.expect("ready")
        server.send(signal: SIGTERM)
        try library.expect("closed 1001")
        #expect(try server.waitForExit() == .code(0))
    }
}
