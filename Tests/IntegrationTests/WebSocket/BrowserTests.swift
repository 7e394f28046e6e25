import Glibc
import TestSupport
import Testing

@Suite("Browser", .light, .blocking, .serialized, .timeLimit(.minutes(3)))
struct BrowserTests {
    @Test(
        "Clients in a page relay among themselves and to a plain client, and learn why they are closed",
        arguments: [Security.plain, .tls13]
    )
    func page(security: Security) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let plain = try RawDERPClient(server)
        let clients = try BrowserClients(of: server, serverKey: plain.serverKey)
        let browser = try Browser(showing: clients.page)
        _ = try browser.report("ready")

        let sizes = [0, 1, 1400, 16384, 65535, 65536]
        for key in clients.keys {
            for packet in sizes.map({ TestKey.random($0) }) + [Array("stop".utf8)] {
                try plain.send(packet, to: key)
                try plain.expect(.received(packet, from: key))
            }
        }
        #expect(try browser.report("echoed ") == "\(sizes.count) \(sizes.count)")
        _ = try browser.report("relayed")

        #expect(try browser.report("large ") == "1009 true")
        #expect(try browser.report("text ") == "1003 true")
        #expect(try browser.report("frame ") == "1000 true")
        #expect(try browser.report("own ") == "3000 true")
        _ = try browser.report("waiting")
        try plain.expect(.peerGone(clients.keys[0], reason: 0))
        try plain.expectQuiet()
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_websockets_total") == 5)
        for (reason, count) in ["message_too_big": 1, "unsupported_data": 1, "normal": 1, "peer": 1, "lost": 0] {
            #expect(try reading.total("derp_websockets_closed_total", "reason=\"\(reason)\"") == Double(count))
        }

        server.send(signal: SIGTERM)
        #expect(try browser.report("server ") == "1001 true")
        #expect(try server.waitForExit() == .code(0))
    }
}
