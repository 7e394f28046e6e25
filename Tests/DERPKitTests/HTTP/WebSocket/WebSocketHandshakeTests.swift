import HTTPTypes
import DERPKit
import Testing

@Suite("WebSocket's opening handshake")
struct WebSocketHandshakeTests {
    private var request = RoutedRequest()
    /// RFC 6455 §1.3.
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let fields = [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(key)",
        "Sec-WebSocket-Protocol: derp",
    ]

    /// The outcome with each field of `changes` in the place of the one with its name.
    private func outcome(
        _ line: String = "GET /derp",
        _ changes: [String] = [],
        without names: [String] = [],
        version: String = "HTTP/1.1"
    ) throws -> HTTPRouter.Outcome {
        let changed = Set((changes + names).map { $0.prefix { $0 != ":" } })
        let fields = Self.fields.filter { !changed.contains($0.prefix { $0 != ":" }) } + changes
        return try self.request.outcome(line, fields, version: version)
    }

    private func upgrade(_ changes: String...) throws -> DERPUpgrade {
        let outcome = try self.outcome("GET /derp", changes)
        guard case .upgrade(let upgrade) = outcome else { throw UnexpectedOutcome(outcome: outcome) }
        return upgrade
    }

    private func status(
        _ line: String = "GET /derp",
        _ changes: String...,
        without names: String...,
        version: String = "HTTP/1.1"
    ) throws -> Int {
        let outcome = try self.outcome(line, changes, without: names, version: version)
        guard case .respond(let reply) = outcome else { throw UnexpectedOutcome(outcome: outcome) }
        if reply.status.code == 426 {
            #expect(reply.field("Sec-WebSocket-Version") == "13")
            #expect(reply.field("Upgrade") == "websocket")
            #expect(reply.field("Connection") == "Upgrade")
        }
        return reply.status.code
    }

    @Test("the answer proves that the key was read, and chooses derp without extensions")
    func answer() throws {
        let upgrade = try self.upgrade("Sec-WebSocket-Extensions: permessage-deflate", "Origin: https://elsewhere.test")
        #expect(upgrade.transport == .webSocket(speaksDERP: true))
        #expect(
            String(decoding: upgrade.response, as: UTF8.self)
                == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: derp\r\n\r\n"
        )
    }

    @Test("tokens count in any case and in lists, and Derp-Fast-Start not at all")
    func tokens() throws {
        for changes in ["Upgrade: WebSocket", "Connection: keep-alive, upgrade", "Sec-WebSocket-Protocol: chat, derp"] {
            #expect(try self.upgrade(changes).transport == .webSocket(speaksDERP: true))
        }
        let upgrade = try self.upgrade("Derp-Fast-Start: 1", "Ideal-Node: 1a")
        #expect(!upgrade.isFastStart)
        #expect(!upgrade.response.isEmpty)
        #expect(upgrade.idealNode == "1a")
    }

    @Test("a subprotocol that only resembles derp is not chosen; a Close frame will say so")
    func otherSubprotocol() throws {
        for name in ["derpy", "xderp, chat", "derp/2"] {
            let upgrade = try self.upgrade("Sec-WebSocket-Protocol: \(name)")
            #expect(upgrade.transport == .webSocket(speaksDERP: false))
            #expect(!String(decoding: upgrade.response, as: UTF8.self).contains("Sec-WebSocket-Protocol"))
        }
    }

    @Test("a version other than 13 gets 426 with the one that is spoken")
    func version() throws {
        for version in ["8", "0", "", "14", "13, 8", "+13", "013"] {
            #expect(try self.status("GET /derp", "Sec-WebSocket-Version: \(version)") == 426)
        }
        #expect(try self.status(without: "Sec-WebSocket-Version") == 426)
    }

    @Test("without Connection: Upgrade, or in HTTP/1.0, 426")
    func connection() throws {
        #expect(try self.status(without: "Connection") == 426)
        #expect(try self.status("GET /derp", "Connection: close") == 426)
        #expect(try self.status(version: "HTTP/1.0") == 426)
    }

    @Test(
        "a key that isn't 16 bytes in Base64 gets 400",
        arguments: [
            "", "x", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ==x", "====",
            "dGhlIHNhbXBsZSBub25jZXM=", "dGhlIHNhbXBsZSBub25j ZQ=", "dGhlIHNhbXBsZSBub25_ZQ==",
            String(repeating: "A", count: 24),
        ]
    )
    func badKey(key: String) throws {
        #expect(try self.status("GET /derp", "Sec-WebSocket-Key: \(key)") == 400)
    }

    @Test("no key, or two, gets 400")
    func keyCount() throws {
        #expect(try self.status(without: "Sec-WebSocket-Key") == 400)
        #expect(
            try self.status("GET /derp", "Sec-WebSocket-Key: \(Self.key)", "Sec-WebSocket-Key: \(Self.key)") == 400
        )
    }

    @Test("another method gets 405, and a body 400")
    func method() throws {
        for method in ["POST", "HEAD", "PUT", "OPTIONS"] { #expect(try self.status("\(method) /derp") == 405) }
        #expect(try self.status("GET /derp", "Content-Length: 3") == 400)
    }

    @Test("only at /derp, and only where relaying is on")
    func elsewhere() throws {
        #expect(try self.status("GET /derp/") == 404)
        #expect(try self.status("GET /") == 200)
        var off = self
        off.request.configuration.isRelayEnabled = false
        #expect(try off.status() == 404)
    }
}
