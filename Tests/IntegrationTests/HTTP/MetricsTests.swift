import TestSupport
import Testing

@Suite("Metrics", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MetricsTests {
    @Test("Packets and bytes are counted as they come and go")
    func traffic() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        let before = try MetricsReading(of: server)
        for _ in 0..<10 {
            try sender.send(TestKey.random(1000), to: receiver.key)
            _ = try receiver.next()
        }
        let after = try MetricsReading(of: server)
        for name in ["derp_packets_received_total", "derp_packets_sent_total"] {
            #expect(try after.total(name) - before.total(name) == 10)
        }
        for name in ["derp_bytes_received_total", "derp_bytes_sent_total"] {
            #expect(try after.total(name) - before.total(name) == 10_000)
        }
    }

    @Test("Connected clients are counted")
    func clients() throws {
        let server = try ServerProcess(.plain)
        var clients = try (0..<5).map { _ in try RawDERPClient(server) }
        #expect(try MetricsReading(of: server).total("derp_home_clients") == 0)
        try clients[0].send(Frame(.notePreferred, [1]))
        try clients[0].expectQuiet()
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_clients") == 5)
        #expect(try reading.total("derp_home_clients") == 1)
        withExtendedLifetime(clients) {}
        clients.removeAll()
        try eventually("no client is counted") {
            try MetricsReading(of: server).total("derp_clients") == 0
        }
    }

    @Test("Dropped packets are counted by reason and kind")
    func drops() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        try sender.send([1], to: TestKey())
        try sender.send(DiscoPacket.make(), to: TestKey())
        _ = try sender.next()
        let reading = try MetricsReading(of: server)
        let name = "derp_packets_dropped_total"
        #expect(try reading.total(name, #"reason="unknown_dest""#, #"kind="other""#) == 1)
        #expect(try reading.total(name, #"reason="unknown_dest""#, #"kind="disco""#) == 1)
        let reasons = [
            "unknown_dest_on_fwd", "gone_disconnected", "queue_head", "queue_tail", "write_error", "dup_client",
        ]
        for reason in reasons {
            for kind in ["disco", "other"] {
                #expect(try reading.total(name, "reason=\"\(reason)\"", "kind=\"\(kind)\"") == 0)
            }
        }
    }

    @Test("What overflows a queue is counted")
    func overflow() throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.flags = ["-tcp-write-timeout", "60s"] })
        let sender = try RawDERPClient(server)
        let slow = try RawDERPClient(server, receiveBuffer: 4096)
        for _ in 0..<200 {
            try sender.send(TestKey.random(65536), to: slow.key)
        }
        try sender.expectQuiet()
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_packets_dropped_total", #"reason="queue_head""#, #"kind="other""#) > 0)
    }

    @Test("The page is Prometheus text")
    func form() throws {
        let server = try ServerProcess(.plain)
        let response = try HTTPRequest("/metrics").send(to: server)
        #expect(response.status == 200)
        #expect(response["Content-Type"]?.hasPrefix("text/plain") == true)
        #expect(response.text.contains("# TYPE derp_packets_received_total counter"))
        #expect(response.text.hasSuffix("\n"))
        #expect(try !MetricsReading(of: server).isEmpty)
    }

    @Test(
        "A request that came through a proxy is refused",
        arguments: ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"]
    )
    func proxied(header: String) throws {
        let server = try ServerProcess(.plain)
        let request = HTTPRequest("/metrics", headers: [header: "127.0.0.1"])
        let response = try request.send(to: server)
        #expect([403, 404].contains(response.status))
        #expect(!response.text.contains("derp_"))
    }
}
