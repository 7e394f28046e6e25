import TestSupport
import Testing

@Suite("Stock client", .heavy, .blocking, .serialized)
struct TailcatTests {
    @Test("100 MB each way come through the relay whole", .timeLimit(.minutes(5)))
    func eachWay() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        let setting = Tailcat.Setting(server: server)
        let size = 100_000_000
        let transfers = try (0..<2).map { _ in try TailcatTransfer(setting, byteCount: size) }
        for transfer in transfers {
            try transfer.startSending()
        }
        for transfer in transfers {
            try transfer.expectCompletion(within: .seconds(200))
        }
        let reading = try MetricsReading(of: server)
        for name in ["derp_bytes_received_total", "derp_bytes_sent_total"] {
            #expect(try reading.total(name) >= Double(2 * size))
        }
    }

    @Test("Four pairs at once", .timeLimit(.minutes(3)))
    func fourPairs() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        let setting = Tailcat.Setting(server: server)
        let size = 10_000_000
        let transfers = try (0..<4).map { _ in try TailcatTransfer(setting, byteCount: size) }
        for transfer in transfers {
            try transfer.startSending()
        }
        for transfer in transfers {
            try transfer.expectCompletion(within: .seconds(120))
        }
        #expect(try MetricsReading(of: server).total("derp_bytes_received_total") >= Double(4 * size))
    }

    @Test("The relay is stopped and started again while bytes flow, and the clients finish", .timeLimit(.minutes(4)))
    func restart() throws {
        let first = try ServerProcess(ServerOptions(hasHelperPort: true))
        let size = 60_000_000
        let transfer = try TailcatTransfer(Tailcat.Setting(server: first), byteCount: size)
        try transfer.startSending()
        try eventually("bytes flow", within: .seconds(60)) {
            try MetricsReading(of: first).total("derp_bytes_received_total") > Double(size / 10)
        }
        #expect(try first.stop() == .code(0))
        #expect(transfer.isRunning, "all had come before the relay was stopped")
        let second = try ServerProcess(first.options)
        try transfer.expectCompletion(within: .seconds(150))
        #expect(try MetricsReading(of: second).total("derp_bytes_received_total") > Double(size / 10))
    }

    @Test("A client that may go direct asks STUN first, and is answered", .timeLimit(.minutes(2)))
    func direct() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true, hasSTUN: true))
        let before = try MetricsReading(of: server).total("derp_stun_requests_total")
        let transfer = try TailcatTransfer(Tailcat.Setting(server: server, alwaysRelays: false), byteCount: 1_000_000)
        try transfer.startSending()
        try transfer.expectCompletion(within: .seconds(90))
        #expect(try MetricsReading(of: server).total("derp_stun_requests_total") > before)
    }
}
