import TestSupport
import Testing

@Suite("Takeover with stock clients", .heavy, .blocking, .serialized)
struct TakeoverTransferTests {
    @Test("Transfers that run while a server takes over, and another one, come through whole", .timeLimit(.minutes(5)))
    func transfers() throws {
        let line = try ServerLine(ServerOptions(hasHelperPort: true), drainTime: "1s")
        let size = 120_000_000
        let transfers = try (0..<2).map { _ in
            try TailcatTransfer(Tailcat.Setting(server: line.current), byteCount: size)
        }
        for transfer in transfers { try transfer.startSending() }
        for part in 1...2 {
            try eventually("bytes flow", within: .seconds(60)) {
                try MetricsReading(of: line.current).total("derp_bytes_received_total") > Double(size / 10)
            }
            for transfer in transfers { #expect(transfer.isRunning, "all had come before takeover \(part)") }
            #expect(try line.takeOver().waitForExit() == .code(0))
        }
        for transfer in transfers { try transfer.expectCompletion(within: .seconds(150)) }
    }
}
