import HTTPTypes
@_spi(Benchmarks) import DERPKit
import Testing

@Suite("/derp")
struct HTTPRouterUpgradeTests {
    private let request = RoutedRequest()

    @Test("Upgrade: DERP gets a 101 with the version and the server's key")
    func upgrade() throws {
        let upgrade = try self.request.upgrade("GET /derp", "Upgrade: DERP", "Connection: Upgrade")
        #expect(!upgrade.isFastStart)
        #expect(upgrade.idealNode == nil)
        let key = self.request.configuration.privateKey.publicKey.hex
        #expect(
            String(decoding: upgrade.response, as: UTF8.self)
                == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Version: 2\r\n"
                + "Derp-Public-Key: \(key)\r\n\r\n"
        )
    }

    @Test(
        "The token counts in any case, in a list, without Connection, and after HTTP/1.0",
        arguments: [
            ["Upgrade: derp"], ["Upgrade: DeRp"], ["Upgrade: h2c, DERP"], ["Upgrade: h2c", "Upgrade: DERP"],
            ["Upgrade: DERP", "Connection: close"],
        ]
    )
    func token(fields: [String]) throws {
        for version in ["HTTP/1.1", "HTTP/1.0"] {
            guard case .upgrade = try self.request.outcome("GET /derp", fields, version: version) else {
                Issue.record("no upgrade for \(fields)")
                continue
            }
        }
        _ = try self.request.upgrade("GET /derp?x=y", "Upgrade: DERP")
        _ = try self.request.upgrade("GET http://relay.test/derp", "Upgrade: DERP")
    }

    @Test("Fast start sends no HTTP response at all")
    func fastStart() throws {
        let upgrade = try self.request.upgrade("GET /derp", "Upgrade: DERP", "Derp-Fast-Start: 1")
        #expect(upgrade.isFastStart)
        #expect(upgrade.response.isEmpty)
    }

    @Test("Derp-Fast-Start counts only as 1", arguments: ["0", "", "true", "11", "1, 1", "01", "yes"])
    func notFastStart(value: String) throws {
        let upgrade = try self.request.upgrade("GET /derp", "Upgrade: DERP", "Derp-Fast-Start: \(value)")
        #expect(!upgrade.isFastStart)
        #expect(!upgrade.response.isEmpty)
    }

    @Test("Ideal-Node says which node was wanted, in bounded size")
    func idealNode() throws {
        #expect(try self.request.upgrade("GET /derp", "Upgrade: DERP", "Ideal-Node: 1a").idealNode == "1a")
        #expect(try self.request.upgrade("GET /derp", "Upgrade: DERP", "Ideal-Node:").idealNode == nil)
        let long = String(repeating: "n", count: 9_000)
        #expect(try self.request.upgrade("GET /derp", "Upgrade: DERP", "Ideal-Node: \(long)").idealNode?.count == 255)
        let escape = try self.request.upgrade("GET /derp", "Upgrade: DERP", "Ideal-Node: a\u{9b}1m")
        #expect(escape.idealNode == "a??1m")
    }

    @Test(
        "Without an upgrade that is known, 426 says what is missing",
        arguments: [
            "A: b", "Connection: Upgrade", "Upgrade: h2c", "Upgrade: DERPY", "Upgrade:", "Upgrade: ,",
        ]
    )
    func upgradeRequired(field: String) throws {
        for method in ["GET", "POST"] {
            let reply = try self.request.reply("\(method) /derp", field)
            #expect(reply.status.code == 426)
            #expect(reply.text == "DERP requires connection upgrade\n")
            #expect(reply.field("Upgrade") == "DERP")
            #expect(reply.field("Connection") == "Upgrade")
        }
    }

    @Test(
        "Only exactly /derp upgrades",
        arguments: ["/derp/", "/Derp", "/derp/x", "//derp", "/%64erp", "/", "/derp;x"]
    )
    func otherPaths(path: String) throws {
        #expect(try self.request.reply("GET \(path)", "Upgrade: DERP").status.code == (path == "/" ? 200 : 404))
    }

    @Test("Only GET without a body upgrades")
    func onlyGet() throws {
        let reply = try self.request.reply("POST /derp", "Upgrade: DERP")
        #expect(reply.status.code == 405)
        #expect(reply.field("Allow") == "GET")
        #expect(try self.request.reply("GET /derp", "Upgrade: DERP", "Content-Length: 5").status.code == 400)
        #expect(try self.request.reply("GET /derp", "Upgrade: DERP", "Transfer-Encoding: chunked").status.code == 400)
    }

    @Test("WebSocket without the subprotocol derp is the old raw upgrade")
    func oldWebSocket() throws {
        for field in ["A: b", "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: DERP"] {
            let upgrade = try self.request.upgrade("GET /derp", "Upgrade: websocket", field)
            #expect(upgrade.transport == .raw)
            #expect(String(decoding: upgrade.response, as: UTF8.self).contains("\r\nUpgrade: DERP\r\n"))
        }
    }

    @Test("With relaying off, /derp is not there; the probes are")
    func relayDisabled() throws {
        var request = self.request
        request.configuration.isRelayEnabled = false
        #expect(try request.reply("GET /derp", "Upgrade: DERP").status.code == 404)
        #expect(try request.reply("GET /derp/probe").status.code == 200)
    }
}
