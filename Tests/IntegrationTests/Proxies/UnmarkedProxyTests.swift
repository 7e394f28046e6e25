import TestSupport
import Testing

@Suite("Behind proxies that say nothing of clients", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct UnmarkedProxyTests {
    /// What somebody may send who wants to look local.
    private static let requests = [
        HTTPRequest("/metrics"), HTTPRequest("/metrics", headers: ["Connection": "close"]),
        HTTPRequest(
            "/metrics",
            headers: ["User-Agent": "Prometheus/3.0", "X-Prometheus-Scrape-Timeout-Seconds": "10"]
        ),
    ]

    @Test(
        "Nobody reads the metrics of a server without TLS, unless it names the networks that may",
        arguments: UnmarkedProxy.Kind.allCases
    )
    func unlisted(kind: UnmarkedProxy.Kind) throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.readsMetrics = false })
        let proxy = try UnmarkedProxy(kind, for: server)
        #expect(try proxy.answer(to: HTTPRequest("/generate_204")).status == 204)
        for request in Self.requests { #expect(try proxy.answer(to: request).status == 403) }
        #expect(try HTTPRequest("/metrics").send(to: server).status == 403)
    }

    @Test("With TLS loopback may read them, and in development")
    func loopback() throws {
        let server = try ServerProcess()
        #expect(try HTTPRequest("/metrics").send(to: server).status == 200)
    }
}
