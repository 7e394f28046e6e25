import AsyncSockets
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("The local tailscaled", .timeLimit(.minutes(1)))
struct TailscaledVerifierTests {
    private let directory: TemporaryDirectory
    private let group: IOLoopGroup
    private let request = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)

    init() throws {
        self.directory = try TemporaryDirectory()
        self.group = try IOLoopGroup(count: 1)
    }

    private var path: String { self.directory.file("tailscaled.sock") }

    /// What tailscaled sends, by Go's HTTP server.
    private static func answer(_ status: String, type: String, framing: String, body: String) -> String {
        """
        HTTP/1.1 \(status)\r
        Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; script-src 'none'; \
        script-src-elem 'none'; script-src-attr 'none'\r
        Content-Type: \(type)\r
        Tailscale-Cap: 145\r
        Tailscale-Version: 1.103.0-dev\r
        X-Content-Type-Options: nosniff\r
        X-Frame-Options: DENY\r
        Date: Sat, 22 Aug 2026 15:48:56 GMT\r
        \(framing)\r
        Connection: close\r
        \r
        \(body)
        """
    }

    private static let unknown = Self.answer(
        "404 Not Found",
        type: "text/plain; charset=utf-8",
        framing: "Content-Length: 21",
        body: "no match for IP:port\n"
    )
    private static let node = "{\n\t\"Node\": {\n\t\t\"ID\": 1\n\t},\n\t\"UserProfile\": {}\n}"

    @Test("it is asked as the reference asks: the path escaped by Go's rules, and its own Host")
    func question() async throws {
        let daemon = try ScriptedDaemon(path: self.path, answer: Self.unknown)
        defer { daemon.stop() }
        _ = await TailscaledVerifier(socketPath: self.path, on: self.group).decide(on: self.request)
        let lines = try #require(daemon.requests.first).split(separator: "\r\n")
        #expect(lines.first == "GET /localapi/v0/whois?addr=nodekey%3A\(self.request.key.hex) HTTP/1.1")
        #expect(lines.contains("Host: local-tailscaled.sock"))
        // With either of these it refuses.
        #expect(!lines.contains { $0.hasPrefix("Referer") || $0.hasPrefix("Origin") })
    }

    @Test("200 admits, whether its length is given, it comes in chunks, or it ends with the connection")
    func known() async throws {
        let hex = String(Self.node.utf8.count, radix: 16)
        let framings = [
            ("Content-Length: \(Self.node.utf8.count)", Self.node),
            ("Transfer-Encoding: chunked", "\(hex)\r\n\(Self.node)\r\n0\r\n\r\n"),
            ("X: y", Self.node),
        ]
        let daemon = try ScriptedDaemon(path: self.path, answer: nil)
        defer { daemon.stop() }
        for (framing, body) in framings {
            daemon.setAnswer(Self.answer("200 OK", type: "application/json", framing: framing, body: body))
            let verifier = TailscaledVerifier(socketPath: self.path, on: self.group)
            #expect(await verifier.decide(on: self.request) == .allow)
        }
    }

    @Test("404 is a verdict; every other status, a broken answer and no answer at all are none")
    func refusals() async throws {
        let verifier = TailscaledVerifier(socketPath: self.path, on: self.group)
        #expect(await verifier.decide(on: self.request).refusal == .unavailable)
        let daemon = try ScriptedDaemon(path: self.path, answer: Self.unknown)
        #expect(await verifier.decide(on: self.request).refusal == .tailscaled)
        for answer in [
            Self.answer("400 Bad Request", type: "text/plain", framing: "Content-Length: 2", body: "x\n"),
            Self.answer("403 Forbidden", type: "text/plain", framing: "Content-Length: 2", body: "x\n"),
            Self.answer("200 OK", type: "application/json", framing: "Content-Length: 99", body: "{"),
            "HTTP/1.1 2", "garbage\r\n\r\n", "",
        ] {
            daemon.setAnswer(answer)
            #expect(await verifier.decide(on: self.request).refusal == .unavailable, "\(answer)")
        }
        daemon.stop()
    }

    @Test("a path that no Unix socket can have is no crash")
    func path() async {
        for path in ["", String(repeating: "x", count: 108), "a\0b"] {
            let verifier = TailscaledVerifier(socketPath: path, on: self.group)
            #expect(await verifier.decide(on: self.request).refusal == .unavailable)
        }
    }
}
