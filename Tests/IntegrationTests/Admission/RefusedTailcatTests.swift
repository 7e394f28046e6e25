import Foundation
import TestSupport
import Testing

@Suite("A stock client and admission", .light, .blocking, .serialized)
struct RefusedTailcatTests {
    @Test("Stock clients that are refused are held, and work as soon as they are admitted", .timeLimit(.minutes(3)))
    func admittedLater() throws {
        let directory = try TemporaryDirectory()
        try directory.write("# nobody yet\n", to: "allow")
        let server = try ServerProcess(
            ServerOptions(hasHelperPort: true, flags: ["--allow-file", directory.file("allow").path])
        )
        let transfer = try TailcatTransfer(Tailcat.Setting(server: server), byteCount: 1_000_000)
        let senderKey = try transfer.saveSenderKey()
        try transfer.startSending()
        var keys = Set<String>()
        try eventually("both clients are refused", within: .seconds(60)) {
            guard transfer.isRunning else { throw KitError.closed("a refused client ended") }
            keys = Self.refusedKeys(in: server.log)
            return keys.count >= 2
        }
        #expect(keys.count == 2 && keys.contains(senderKey))
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_logins_total") == 0)
        // Each comes anew when its machine's network changes, and this one's may.
        #expect(try reading.total("derp_admissions_refused_total") <= 8)
        try directory.write(keys.joined(separator: "\n"), to: "allow")
        server.send(signal: SIGHUP)
        try eventually("the file begins to come", within: .seconds(60)) {
            if transfer.hasBegun { return true }
            // The sender gives up after 10 s, which may be over by now. It is the same client again.
            if transfer.hasSenderEnded { try transfer.startSending() }
            return false
        }
        #expect(try MetricsReading(of: server).total("derp_logins_total") >= 2)
        try transfer.expectCompletion(within: .seconds(90))
        #expect(try MetricsReading(of: server).total("derp_bytes_received_total") >= 1_000_000)
    }

    @Test(
        "A stock client that is refused doesn't come again soon, though it has packets to send",
        .timeLimit(.minutes(3))
    )
    func denied() throws {
        let directory = try TemporaryDirectory()
        try directory.write("# nobody yet\n", to: "allow")
        let server = try ServerProcess(
            ServerOptions(hasHelperPort: true, flags: ["--allow-file", directory.file("allow").path])
        )
        let transfer = try TailcatTransfer(Tailcat.Setting(server: server), byteCount: 1_000_000)
        try eventually("the receiver is refused", within: .seconds(60)) {
            Self.refusedKeys(in: server.log).count == 1
        }
        let receiver = Self.refusedKeys(in: server.log)
        try transfer.startSending()
        try eventually("the sender has tried to reach it for 10 s", within: .seconds(60)) { transfer.hasSenderEnded }
        // Without being held they come 77 times a second. They come anew when their machine's network changes, as this
        // one's may while other tests run.
        let reading = try MetricsReading(of: server)
        let refused = try reading.total("derp_admissions_refused_total")
        #expect((2...12).contains(refused))
        #expect(try reading.total("derp_packets_received_total") == 0)
        try directory.write(receiver.joined(), to: "allow")
        server.send(signal: SIGHUP)
        try eventually("the receiver is let in") { try MetricsReading(of: server).total("derp_logins_total") == 1 }
    }

    private static func refusedKeys(in log: String) -> Set<String> {
        let words = log.split(separator: "\n").filter { $0.contains("Refused a client") }
            .flatMap { $0.split(separator: " ") }
        return Set(words.filter { $0.hasPrefix("key=nodekey:") }.map { String($0.dropFirst("key=".count)) })
    }
}
