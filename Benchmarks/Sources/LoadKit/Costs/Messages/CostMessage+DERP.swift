@_spi(Benchmarks) import DERPKit

extension CostMessage {
    private static let upgrade = Array(
        "GET /derp HTTP/1.1\r\nHost: a\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n".utf8
    )
    private static let fastStart = Array(
        "GET /derp HTTP/1.1\r\nHost: a\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Fast-Start: 1\r\n\r\n".utf8
    )
    private static let opening = "DERP upgrade"
    private static let webSocketOpening = "WebSocket opening"

    private static func frame(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let count = payload.count
        return [type, UInt8(count >> 24), UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff), UInt8(count & 0xff)]
            + payload
    }

    /// Upgrades, reads the server's key, and sends what `body` makes with it.
    private static func speaking(
        _ server: CostServer,
        _ name: String,
        readsAnswer: Bool = false,
        _ body: @escaping (_ serverKey: [UInt8]) throws -> [UInt8]
    ) -> Self {
        Self(server, name, after: Self.opening) { target in
            var socket = try target.connect()
            socket.send(Self.fastStart)
            // The header, the magic bytes and the key.
            let answer = socket.receive(5 + 8 + 32)
            guard answer.count >= 45 else { throw LoadError("\(name): the server says nothing") }
            socket.send(try body(Array(answer[13..<45])))
            if readsAnswer { _ = socket.receive(5 + 24 + 16 + 2) }
            socket.finish()
            return socket.sentByteCount
        }
    }

    private static func clientInfo(_ json: [UInt8], for serverKey: [UInt8]) throws -> [UInt8] {
        let key = NodePrivateKey()
        guard let peer = NodePublicKey(serverKey), let box = SecretBox(privateKey: key, peer: peer) else {
            throw LoadError("no key")
        }
        return Self.frame(2, Array(key.publicKey.bytes) + box.seal(json))
    }

    static func derp() -> [Self] {
        let largest = 256 * 1024 - 32 - SecretBox.overhead
        func filled(_ unit: String, before: String, after: String = "}") -> [UInt8] {
            let room = largest - before.utf8.count - after.utf8.count
            return Array((before + String(repeating: unit, count: room / unit.utf8.count) + after).utf8)
        }
        let nested = String(repeating: "[", count: 60) + String(repeating: "]", count: 60) + ","
        let documents: [(name: String, json: [UInt8])] = [
            ("members", filled("\"a\":1,", before: "{", after: "\"a\":1}")),
            (
                "members with long names",
                filled("\"\(String(repeating: "Aİ", count: 300))\":1,", before: "{", after: "\"a\":1}")
            ),
            ("nested lists", filled(nested, before: "{\"a\":[", after: "1]}")),
            ("numbers", filled("1,", before: "{\"a\":[", after: "1]}")),
            ("a long number", filled("1", before: "{\"a\":")),
            ("escapes", filled("\\u0041", before: "{\"a\":\"", after: "\"}")),
            ("surrogates", filled("\\ud83d\\ude00", before: "{\"AppName\":\"", after: "\"}")),
            ("no UTF-8", Array("{\"a\":\"".utf8) + [UInt8](repeating: 0xff, count: largest - 8) + Array("\"}".utf8)),
            ("space", filled(" ", before: "{")),
        ]
        return [
            CostMessage(.open, Self.connection, []),
            CostMessage(.closed, Self.opening, after: Self.connection, Self.fastStart),
            CostMessage(.open, Self.opening, after: Self.connection, Self.fastStart),
            CostMessage(.open, "DERP upgrade with an answer in HTTP", after: Self.connection, Self.upgrade),
            Self.speaking(.open, "ClientInfo that logs in", readsAnswer: true) {
                try Self.clientInfo(Array(#"{"version":2,"CanAckPings":true,"IsProber":false}"#.utf8), for: $0)
            },
            Self.speaking(.closed, "ClientInfo that the list refuses", readsAnswer: true) {
                try Self.clientInfo(Array(#"{"version":2,"CanAckPings":true,"IsProber":false}"#.utf8), for: $0)
            },
            Self.speaking(.open, "ClientInfo that can't be opened") { _ in Self.frame(2, HandmadeHello.random(150)) },
            Self.speaking(.open, "ClientInfo that can't be opened, 256 KiB") { _ in
                Self.frame(2, [UInt8](repeating: 7, count: 256 * 1024))
            },
            Self.speaking(.open, "ClientInfo that can't be opened, 16 KiB") { _ in
                Self.frame(2, [UInt8](repeating: 7, count: 16 * 1024))
            },
            Self.speaking(.open, "ClientInfo of 16 KiB of members") {
                let text = "{" + String(repeating: "\"a\":1,", count: 2700) + "\"a\":1}"
                return try Self.clientInfo(Array(text.utf8), for: $0)
            },
            Self.speaking(.open, "ClientInfo of 256 KiB, of which 255 come") { _ in
                Array(Self.frame(2, [UInt8](repeating: 7, count: 256 * 1024)).dropLast(1024))
            },
            Self.speaking(.open, "ClientInfo that says it has 4 GiB") { _ in [2, 0xff, 0xff, 0xff, 0xff, 1, 2, 3] },
            Self.speaking(.open, "ClientInfo with nothing in it") { _ in Self.frame(2, []) },
            Self.speaking(.open, "another frame instead of ClientInfo") { _ in Self.frame(4, HandmadeHello.random(64))
            },
        ]
            + documents.map { document in
                Self.speaking(.open, "ClientInfo of 256 KiB: \(document.name)") {
                    try Self.clientInfo(document.json, for: $0)
                }
            }
    }

    static func webSockets() -> [Self] {
        let opening = Array(
            ("GET /derp HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: derp\r\n\r\n").utf8
        )
        func frames(_ name: String, _ frame: [UInt8], first: [UInt8] = [], times count: Int = 1000) -> Self {
            Self(.open, name, after: Self.webSocketOpening, times: count) { target in
                var socket = try target.connect()
                socket.send(opening + first + (0..<count).flatMap { _ in frame })
                socket.finish()
                return socket.sentByteCount
            }
        }
        let mask: [UInt8] = [1, 2, 3, 4]
        return [
            CostMessage(.open, Self.webSocketOpening, after: Self.connection, opening),
            frames("WebSocket ping, empty", [0x89, 0x80] + mask),
            frames("WebSocket ping of 125 bytes", [0x89, 0x80 | 125] + mask + HandmadeHello.random(125)),
            frames("WebSocket pong", [0x8a, 0x80] + mask),
            frames("WebSocket message, empty", [0x82, 0x80] + mask),
            frames("WebSocket fragment, empty", [0x00, 0x80] + mask, first: [0x02, 0x80] + mask),
            frames(
                "WebSocket fragment of one byte of ClientInfo",
                [0x00, 0x81] + mask + [1],
                first: [0x02, 0x81] + mask + [2 ^ 1]
            ),
            frames("WebSocket text", [0x81, 0x81] + mask + [1], times: 1),
            frames("WebSocket frame without a mask", [0x82, 1, 1], times: 1),
        ]
    }
}
