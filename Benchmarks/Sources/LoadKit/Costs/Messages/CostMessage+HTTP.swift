extension CostMessage {
    static func head(_ target: String, _ fields: String = "") -> [UInt8] {
        Array("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)Connection: close\r\n\r\n".utf8)
    }

    private static func kept(_ target: String) -> [UInt8] {
        Array("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)
    }

    static let page = "GET /generate_204"

    static func http() -> [Self] {
        let server = CostServer.closed
        let pages = [
            "/", "/derp", "/derp/probe", "/derp/latency-check", "/generate_204", "/robots.txt", "/nothing",
            "/derpmap/default",
            "/bootstrap-dns", "/metrics",
        ]
        let question = #"{"NodePublic":"nodekey:\#(String(repeating: "ab", count: 32))","Source":"192.0.2.1"}"#
        func verify(_ body: String) -> [UInt8] {
            Array(
                "POST /verify HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
                    .utf8
            )
        }
        let padded =
            question.dropLast() + ",\"a\":\"" + String(repeating: "a", count: 4088 - question.utf8.count) + "\"}"
        let fields = (0..<96).map { "f\($0): v\r\n" }.joined()
        let largest = String(repeating: "a", count: 16_290)
        return [CostMessage(server, Self.connection, [])]
            + pages.map { CostMessage(server, "GET \($0)", after: Self.connection, Self.head($0)) }
            + [
                CostMessage(
                    server,
                    "GET /generate_204 with a challenge",
                    after: Self.connection,
                    Self.head("/generate_204", "X-Tailscale-Challenge: \(String(repeating: "c", count: 64))\r\n")
                ),
                CostMessage(
                    server,
                    "GET /metrics as through a proxy, refused",
                    after: Self.connection,
                    Self.head("/metrics", "X-Forwarded-For: 192.0.2.1\r\n")
                ),
                CostMessage(
                    server,
                    "GET /bootstrap-dns for a name",
                    after: Self.connection,
                    Self.head("/bootstrap-dns?q=localhost")
                ),
                CostMessage(server, "POST /verify", after: Self.connection, verify(question)),
                CostMessage(server, "POST /verify with 4 KiB", after: Self.connection, verify(String(padded))),
                CostMessage(
                    server,
                    "POST /verify with 4 KiB of [",
                    after: Self.connection,
                    verify(String(repeating: "[", count: 4096))
                ),
                CostMessage(
                    server,
                    "head of 16 KiB, one field",
                    after: Self.connection,
                    Self.head("/generate_204", "f: \(largest)\r\n")
                ),
                CostMessage(server, "head of 16 KiB, its target", after: Self.connection, Self.head("/\(largest)")),
                CostMessage(
                    server,
                    "head of 16 KiB, all of it Xs in one list",
                    after: Self.connection,
                    Self.head("/generate_204", "Connection: \(String(repeating: "x,", count: 8140))\r\n")
                ),
                CostMessage(
                    server,
                    "head of 16 KiB, 8,000 forwarded addresses",
                    after: Self.connection,
                    Self.head("/generate_204", "X-Forwarded-For: \(String(repeating: "1,", count: 8140))\r\n")
                ),
                CostMessage(server, "head with 99 fields", after: Self.connection, Self.head("/generate_204", fields)),
                CostMessage(
                    server,
                    "head with 3,000 fields",
                    after: Self.connection,
                    Self.head("/generate_204", String(repeating: "f:v\r\n", count: 3000))
                ),
                CostMessage(
                    server,
                    "head that does not end, 16 KiB",
                    after: Self.connection,
                    Array("GET /\(largest) HTTP/1.1\r\nHost: \(String(repeating: "b", count: 100))".utf8)
                ),
                CostMessage(
                    server,
                    "byte of a head of 2,000, each in a packet of its own",
                    after: Self.connection,
                    times: 2000
                ) { target in
                    var socket = try target.connect()
                    for byte in Array("GET /".utf8) + [UInt8](repeating: 0x61, count: 1995) { socket.send([byte]) }
                    socket.finish()
                    return socket.sentByteCount
                },
                CostMessage(server, "request of 1,000 that are sent at once", after: Self.connection, times: 1000) {
                    target in
                    var socket = try target.connect()
                    socket.send((0..<999).flatMap { _ in Self.kept("/generate_204") } + Self.head("/generate_204"))
                    socket.finish()
                    return socket.sentByteCount
                },
                CostMessage(
                    server,
                    "request for the map, of 100 that are sent at once",
                    after: Self.connection,
                    times: 100
                ) { target in
                    var socket = try target.connect()
                    socket.send((0..<99).flatMap { _ in Self.kept("/derpmap/default") } + Self.head("/derpmap/default"))
                    socket.finish()
                    return socket.sentByteCount
                },
                CostMessage(server, "no request", after: Self.connection, Array("NONSENSE\r\n\r\n".utf8)),
                CostMessage(server, "16 KiB of noise", after: Self.connection, HandmadeHello.random(16384)),
                CostMessage(
                    server,
                    "16 KiB of line ends",
                    after: Self.connection,
                    (0..<8192).flatMap { _ in [13, 10] as [UInt8] }
                ),
            ]
    }

    static func proxies() -> [Self] {
        let server = CostServer.closed
        let request = Self.head("/generate_204")
        func proxied(_ name: String, _ header: [UInt8], after base: String? = Self.page, _ rest: [UInt8]) -> Self {
            Self(server, name, after: base) { target in
                var socket = try target.connect(from: CostServer.proxy)
                socket.send(header + rest)
                socket.finish()
                return socket.sentByteCount
            }
        }
        let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
        let addresses: [UInt8] = [192, 0, 2, 55, 198, 51, 100, 1, 0x12, 0x67, 1, 187]
        func binary(_ more: [UInt8]) -> [UInt8] {
            signature + [0x21, 0x11] + HandmadeHello.number(addresses.count + more.count) + addresses + more
        }
        return [
            proxied(
                "PROXY header, version 1, before a request",
                Array("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".utf8),
                request
            ),
            proxied("PROXY header, version 2, before a request", binary([]), request),
            proxied(
                "PROXY header with 1,300 TLVs, before a request",
                binary((0..<1300).flatMap { _ in [4, 0, 0] as [UInt8] }),
                request
            ),
            proxied(
                "PROXY header, the largest, before a request",
                binary([4] + HandmadeHello.vector([UInt8](repeating: 0, count: 4081))),
                request
            ),
            proxied(
                "PROXY header of 64 KiB, refused",
                signature + [0x21, 0x11, 0xff, 0xff] + HandmadeHello.random(65535),
                after: Self.connection,
                []
            ),
            proxied("4 KiB of noise instead of a PROXY header", HandmadeHello.random(4096), after: Self.connection, []),
        ]
    }
}
