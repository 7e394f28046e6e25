extension CostMessage {
    /// Sends records and waits until the server has closed the connection.
    private static func records(
        _ server: CostServer,
        _ name: String,
        after base: String? = CostMessage.connection,
        times count: Int = 1,
        _ bytes: [UInt8]
    ) -> Self {
        CostMessage(server, name, after: base, times: count, bytes)
    }

    static let connection = "TCP connection, closed at once"
    static let handshake13 = "TLS 1.3 handshake, X25519"
    static let handshake12 = "TLS 1.2 handshake, X25519"

    /// Completes a handshake, then runs `body`.
    private static func handshake(
        _ server: CostServer,
        _ name: String,
        _ version: TLSPeer.Version,
        _ groups: String,
        ciphers: String? = nil,
        after base: String = CostMessage.connection,
        times count: Int = 1,
        _ body: @escaping (TLSPeer, inout PlainSocket) throws -> Void = { _, _ in }
    ) -> Self {
        Self(server, name, after: base, times: count) { target in
            let peer = try TLSPeer(version, groups: groups, ciphers: ciphers)
            var socket = try target.connect()
            var isDone = false
            while true {
                isDone = peer.shakeHands()
                let bytes = peer.drain()
                socket.send(bytes)
                if isDone { break }
                guard let answer = socket.receive() else { break }
                peer.feed(answer)
                // The server refused: it closed the connection, and there is an alert for the library to read.
                if bytes.isEmpty, peer.hasFailed { break }
            }
            if isDone { try body(peer, &socket) } else { target.notes.isRefused = true }
            socket.finish()
            return socket.sentByteCount
        }
    }

    private static let groups: [(name: String, id: UInt16, shareByteCount: Int)] = [
        ("X25519", 0x001d, 32), ("P-256", 0x0017, 65), ("P-384", 0x0018, 97), ("P-521", 0x0019, 133),
        ("X448", 0x001e, 56), ("ffdhe2048", 0x0100, 256), ("ffdhe3072", 0x0101, 384), ("ffdhe4096", 0x0102, 512),
        ("ffdhe6144", 0x0103, 768), ("ffdhe8192", 0x0104, 1024), ("X25519MLKEM768", 0x11ec, 1216),
    ]

    /// Handshakes in which the server uses its certificate, for each kind of certificate.
    static func handshakes(_ server: CostServer) throws -> [Self] {
        var messages = [
            CostMessage(server, Self.connection, []),
            Self.handshake(server, Self.handshake13, .tls13, "X25519"),
            Self.handshake(server, Self.handshake12, .tls12, "X25519:P-256"),
            Self.handshake(server, "TLS 1.2 handshake, DHE", .tls12, "X25519:P-256", ciphers: "DHE+AESGCM"),
            Self.handshake(server, "TLS 1.2 handshake, RSA key exchange", .tls12, "X25519", ciphers: "kRSA+AESGCM"),
            Self.records(server, "TLS 1.3 ClientHello sent again, X25519", try TLSPeer.hello(.tls13, groups: "X25519")),
            Self.records(
                server,
                "TLS 1.2 ClientHello sent again, X25519",
                try TLSPeer.hello(.tls12, groups: "X25519:P-256")
            ),
        ]
        if !server.isRSA { messages.removeFirst() }
        return messages
    }

    static func tls() throws -> [Self] {
        let server = CostServer.p256
        var messages = [CostMessage(server, Self.connection, [])]
        for group in Self.groups {
            var hello = HandmadeHello()
            hello.groups = [group.id]
            hello.shares = [(group.id, HandmadeHello.random(group.shareByteCount))]
            messages.append(Self.records(server, "ClientHello with a made-up share for \(group.name)", hello.records()))
            let name = group.name
            // If the library doesn't have the group, there is no such message.
            guard let bytes = try? TLSPeer.hello(.tls13, groups: name) else { continue }
            if name != "X25519" {
                messages.append(Self.records(server, "TLS 1.3 ClientHello sent again, \(name)", bytes))
            }
            if name != "X25519" {
                messages.append(Self.handshake(server, "TLS 1.3 handshake, \(name)", .tls13, name))
            }
            guard name == "P-256" else { continue }
            messages.append(Self.handshake(server, "TLS 1.2 handshake, \(name)", .tls12, name))
        }
        return try messages + Self.handshakes(server) + Self.retries(server) + Self.large(server)
            + Self.plaintext(server)
            + Self.afterwards(server)
    }

    private static func retries(_ server: CostServer) -> [Self] {
        var none = HandmadeHello()
        none.shares = []
        return [
            Self.records(server, "ClientHello without a share (HelloRetryRequest)", none.records()),
            Self.records(server, "the same, and again instead of the answer to it", none.records() + none.records()),
            Self.handshake(server, "TLS 1.3 handshake with HelloRetryRequest", .tls13, "secp521r1:X25519"),
        ]
    }

    private static func large(_ server: CostServer) -> [Self] {
        func hello(_ change: (inout HandmadeHello) -> Void) -> HandmadeHello {
            var hello = HandmadeHello()
            change(&hello)
            return hello
        }
        let names = (0..<400).flatMap { (number: Int) -> [UInt8] in
            [0] + HandmadeHello.vector(Array("name-\(number).derp.example.com".utf8))
        }
        let protocols = (0..<5000).flatMap { _ -> [UInt8] in [2, 0x68, UInt8.random(in: 0x30...0x39)] }
        let padded = hello { $0.extensions = [(21, [UInt8](repeating: 0, count: 15_900))] }
        let largest = hello {
            $0.ciphers = (0..<32_000).map { UInt16($0 | 0x4000) } + $0.ciphers
            $0.extensions = [(21, [UInt8](repeating: 0, count: 64_000))]
        }
        return [
            Self.records(
                server,
                "ClientHello with 8,000 ciphers",
                hello { $0.ciphers = (0..<8000).map { UInt16($0 | 0x4000) } + $0.ciphers }.records()
            ),
            Self.records(
                server,
                "ClientHello with 7,900 signature algorithms",
                hello { $0.signatures = (0..<7900).map { UInt16($0 | 0x4000) } + $0.signatures }.records()
            ),
            Self.records(
                server,
                "ClientHello with 7,900 groups",
                hello { $0.groups = (0..<7900).map { UInt16($0 | 0x4000) } + $0.groups }.records()
            ),
            Self.records(
                server,
                "ClientHello with 400 made-up shares",
                hello { $0.shares = (0..<400).map { (UInt16($0 | 0x4000), HandmadeHello.random(32)) } }.records()
            ),
            Self.records(
                server,
                "ClientHello with 400 names (SNI)",
                hello { $0.extensions = [(0, HandmadeHello.vector(names))] }.records()
            ),
            Self.records(
                server,
                "ClientHello with 5,000 protocols (ALPN)",
                hello { $0.extensions = [(16, HandmadeHello.vector(protocols))] }.records()
            ),
            Self.records(
                server,
                "ClientHello with 3,900 unknown extensions",
                hello { $0.extensions = (0..<3900).map { (UInt16($0 | 0x4000), []) } }.records()
            ),
            Self.records(server, "ClientHello padded to 16 KiB", padded.records()),
            Self.records(server, "ClientHello padded to 16 KiB, in records of one byte", padded.records(of: 1)),
            Self.records(server, "ClientHello of 128 kB", largest.records()),
            Self.records(server, "ClientHello of 128 kB, in records of one byte", largest.records(of: 1)),
            Self.records(
                server,
                "ClientHello that says it has 16 MiB, and 128 kB of it",
                HandmadeHello.records(22, [1, 0xff, 0xff, 0xff] + largest.message.dropFirst(4))
            ),
        ]
    }

    /// Records that are not encrypted.
    private static func plaintext(_ server: CostServer) -> [Self] {
        let hello = HandmadeHello().records()
        let helloRow = "ClientHello with a made-up share for X25519"
        func many(_ record: [UInt8]) -> [UInt8] { (0..<1000).flatMap { _ in record } }
        let records: [(name: String, bytes: [UInt8])] = [
            ("ChangeCipherSpec", [20, 3, 3, 0, 1, 1]), ("warning", [21, 3, 3, 0, 2, 1, 90]),
            ("empty handshake record", [22, 3, 3, 0, 0]), ("empty data record", [23, 3, 3, 0, 0]),
        ]
        return records.flatMap { record in
            [
                Self.records(server, "1,000 × \(record.name), as the first", many(record.bytes)),
                Self.records(
                    server,
                    "1,000 × \(record.name) behind a ClientHello",
                    after: helloRow,
                    hello + many(record.bytes)
                ),
            ]
        } + [
            Self.records(server, "fatal alert behind a ClientHello", after: helloRow, hello + [21, 3, 3, 0, 2, 2, 40]),
            Self.records(
                server,
                "16 KiB of noise instead of a ClientHello",
                HandmadeHello.records(22, HandmadeHello.random(16384))
            ),
            Self.records(
                server,
                "16 KiB of noise instead of a Finished",
                after: helloRow,
                hello + HandmadeHello.records(23, HandmadeHello.random(16384))
            ),
            Self.records(server, "plain HTTP at the port of TLS", Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
        ]
    }

    /// Messages after the handshake, which are encrypted.
    private static func afterwards(_ server: CostServer) -> [Self] {
        let head = Array("GET /generate_204 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)
        return [false, true].map { wantsAnswer in
            Self.handshake(
                server,
                "KeyUpdate\(wantsAnswer ? " that wants one back" : "")",
                .tls13,
                "X25519",
                after: Self.handshake13,
                times: 200
            ) { peer, socket in
                for _ in 0..<200 {
                    peer.updateKeys(wantsAnswer: wantsAnswer)
                    socket.send(peer.drain())
                }
            }
        } + [
            Self.handshake(server, "renegotiation", .tls12, "X25519:P-256", after: Self.handshake12) { peer, socket in
                peer.renegotiate()
                socket.send(peer.drain())
            },
            Self.handshake(server, "request over TLS 1.3", .tls13, "X25519", after: Self.handshake13) { peer, socket in
                peer.write(head)
                socket.send(peer.drain())
            },
            Self.handshake(server, "request over TLS 1.2", .tls12, "X25519:P-256", after: Self.handshake12) {
                peer,
                socket in
                peer.write(head)
                socket.send(peer.drain())
            },
            Self.handshake(
                server,
                "record of one byte, of a request of 10,000",
                .tls13,
                "X25519",
                after: Self.handshake13,
                times: 10_000
            ) { peer, socket in
                for byte in Array("GET /".utf8) + [UInt8](repeating: 0x61, count: 9995) { peer.write([byte]) }
                socket.send(peer.drain())
            },
        ]
    }
}
