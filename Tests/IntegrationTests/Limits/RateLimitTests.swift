import Foundation
import TestSupport
import Testing

@Suite("Rates of clients", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct RateLimitTests {
    private let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    private func server(_ rates: String, certificate: ServerOptions.Certificate = .none) throws -> ServerProcess {
        try self.directory.write(rates, to: "rates.json")
        return try ServerProcess(
            ServerOptions(certificate: certificate, flags: ["-rate-config", self.directory.file("rates.json").path])
        )
    }

    /// Packets of all sizes, each with its number.
    private static func packets(byteCount: Int) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        var left = byteCount
        while left > 0 {
            let size = [2, 100, 1400, 9000, 65536].randomElement() ?? 2
            packets.append([UInt8(packets.count / 256), UInt8(packets.count % 256)] + TestKey.random(size - 2))
            left -= size + 37
        }
        return packets
    }

    @Test(
        "A client is read at its rate: it takes its time, nothing is lost or cut, and nobody else waits",
        arguments: [ServerOptions.Certificate.none, .selfSigned]
    )
    func rate(certificate: ServerOptions.Certificate) throws {
        let rate = 400_000
        let fast = TestKey()
        let server = try self.server(
            """
            {"PerClientRateLimitBytesPerSec": \(rate), "Keys": {"\(fast.text)": {"RateLimitBytesPerSec": 0}}}
            """,
            certificate: certificate
        )
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        let neighbour = try RawDERPClient(server, key: fast)
        let packets = Self.packets(byteCount: 1_000_000)
        let byteCount = packets.reduce(0) { $0 + $1.count + 37 }

        let start = ContinuousClock.now
        try sender.connection.write(packets.flatMap { Frame.send($0, to: receiver.key).encoded })
        try neighbour.expectQuiet()
        #expect(ContinuousClock.now - start < .seconds(1))
        for packet in packets { try receiver.expect(.received(packet, from: sender.key)) }
        let time = ContinuousClock.now - start

        let least = Duration.seconds(Double(byteCount - 65573) / Double(rate))
        #expect(time > least * 0.97, "\(byteCount) bytes in \(time), \(least) at the least")
        #expect(time < least * 1.25 + .milliseconds(500), "\(byteCount) bytes in \(time) instead of \(least)")
        try sender.expectQuiet()
        #expect(try MetricsReading(of: server).total("derp_rate_limit_waits_total") > 10)
        #expect(try MetricsReading(of: server).total("derp_packets_dropped_total") == 0)
    }

    @Test(
        "A stock client's file arrives whole at the client's rate: not sooner, and not much later",
        arguments: [(rate: 100_000, size: 500_000), (500_000, 1_500_000), (5_000_000, 10_000_000)]
    )
    func stockClient(rate: Int, size: Int) throws {
        try self.directory.write(#"{"PerClientRateLimitBytesPerSec": \#(rate)}"#, to: "rates.json")
        let server = try ServerProcess(
            ServerOptions(hasHelperPort: true, flags: ["-rate-config", self.directory.file("rates.json").path])
        )
        let transfer = try TailcatTransfer(Tailcat.Setting(server: server), byteCount: size)
        try transfer.startSending()
        // A client takes seconds before it sends.
        let time = try transfer.expectCompletion(within: .seconds(90), countedFrom: 16_000)
        // What WireGuard, TCP and DERP add to the file, and the burst.
        let ideal = Duration.seconds((Double(size) - 100_000) / Double(rate) - 0.05)
        #expect(time > ideal * 0.9, "\(size) bytes in \(time) at \(rate) bytes per second, \(ideal) at the least")
        // Twice that time was seen where clients were told of their rates. A busy machine adds to it.
        #expect(time < .seconds(Double(size) / Double(rate)) * 1.4 + .seconds(4), "\(size) bytes in \(time)")
    }

    @Test("Clients are told of their rates in ServerInfo, if that is asked for")
    func serverInfo() throws {
        let (slow, free, member, other) = (TestKey(), TestKey(), TestKey(), TestKey())
        let server = try self.server(
            """
            {
              "PerClientRateLimitBytesPerSec": 1000000, "PerClientRateBurstBytes": 1, "AdvertiseRates": true,
              "Keys": {
                "\(slow.text)": {"RateLimitBytesPerSec": 50000, "RateBurstBytes": 123456},
                "\(free.text)": {"RateLimitBytesPerSec": 0}
              },
              "Groups": {"office": {"Members": ["\(member.text)"], "RateLimitBytesPerSec": 7000000}}
            }
            """
        )
        let expected: [(TestKey, rate: Int?, burst: Int?)] = [
            (slow, 50_000, 123_456), (free, nil, nil), (member, 7_000_000, 350_000), (other, 1_000_000, 65_573),
        ]
        for (key, rate, burst) in expected {
            let pending = try PendingClient(server)
            try pending.connection.write(DERPHandshake.clientInfo(of: key, for: pending.serverKey).encoded)
            let info = try DERPHandshake.readServerInfo(
                from: pending.connection,
                to: key,
                serverKey: pending.serverKey
            )
            #expect(info["TokenBucketBytesPerSecond"] as? Int == rate)
            #expect(info["TokenBucketBytesBurst"] as? Int == burst)
            #expect(info["version"] as? Int == 2)
        }
    }

    @Test("On SIGHUP the rates are read again, also for connected clients; a broken file changes nothing")
    func reload() throws {
        let server = try self.server(#"{"PerClientRateLimitBytesPerSec": 20000}"#)
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        let packets = (0..<20).map { [UInt8($0)] + TestKey.random(40_000) }
        try sender.connection.write(packets.flatMap { Frame.send($0, to: receiver.key).encoded })
        try receiver.expect(.received(packets[0], from: sender.key))

        try self.directory.write("{\n  \"PerClientRateLimitBytesPerSecond\": 5\n}", to: "rates.json")
        server.send(signal: SIGHUP)
        try eventually("the broken file is told") {
            server.log.contains("line 2: the file has no") && server.log.contains("did you mean PerClientRateLimit")
        }
        #expect(throws: KitError.self) {
            for packet in packets[1...] {
                try receiver.expect(.received(packet, from: sender.key), within: .seconds(1))
            }
        }

        let fresh = try RawDERPClient(server)
        try self.directory.write("{}", to: "rates.json")
        server.send(signal: SIGHUP)
        // Half a minute at the previous rate.
        let start = ContinuousClock.now
        try sender.expectQuiet()
        #expect(ContinuousClock.now - start < .seconds(5))
        try eventually("it is logged") { server.log.contains("Read the clients' rates again") }

        try self.directory.write(#"{"PerClientRateLimitBytesPerSec": 1000}"#, to: "rates.json")
        server.send(signal: SIGHUP)
        try eventually("the third file is read") { server.log.contains("rate=1000") }
        try fresh.connection.write(
            (0..<3).flatMap { _ in Frame.send(TestKey.random(60_000), to: receiver.key).encoded }
        )
        try eventually("it has to wait") {
            try MetricsReading(of: server).total("derp_rate_limit_waits_total") > 0
        }
        #expect(try server.stop() == .code(0))
    }

    @Test("A file that is broken at start is one line that names the flag, the file and the line")
    func start() throws {
        try self.directory.write("{\n\"PerClientRateBurstBytes\": -5}", to: "rates.json")
        let path = self.directory.file("rates.json").path
        let result = try ServerProcess.runToExit(ServerOptions(certificate: .none, flags: ["-rate-config", path]))
        #expect(result.status == .code(1))
        let problem = "line 2: PerClientRateBurstBytes is a whole number of bytes, 0 or more"
        #expect(result.errors == "DERPServer: -rate-config: \(path), \(problem)\n")
    }

    @Test("A client that is held up by its rate is closed in time when the server stops, or when it leaves")
    func leaving() throws {
        let free = TestKey()
        let server = try self.server(
            #"{"PerClientRateLimitBytesPerSec": 1000, "Keys": {"\#(free.text)": {"RateLimitBytesPerSec": 0}}}"#
        )
        let neighbour = try RawDERPClient(server, key: free)
        let clients = try (0..<3).map { _ in try RawDERPClient(server) }
        defer { withExtendedLifetime(clients) {} }
        for client in clients {
            try client.connection.write(Frame.send(TestKey.random(65_500), to: client.key).encoded)
            try client.connection.write(Frame.send(TestKey.random(8000), to: client.key).encoded)
        }
        clients[0].reset()
        try eventually("it is noticed that one has left") {
            // Something to send shows that the connection is broken.
            try neighbour.send([1], to: clients[0].key)
            return try MetricsReading(of: server).total("derp_clients") == 3
        }
        try neighbour.expectQuiet()
        #expect(try server.stop() == .code(0))
    }
}
