import Foundation
import TestSupport
import Testing

@Suite("A stock client and admission", .light, .blocking, .serialized)
struct RefusedTailcatTests {
    @Test("Stock clients that are refused keep trying, and work once they are admitted", .timeLimit(.minutes(3)))
    func admittedLater() throws {
        let directory = try TemporaryDirectory()
        try directory.write("# nobody yet\n", to: "allow")
        let server = try ServerProcess(
            ServerOptions(hasHelperPort: true, flags: ["--allow-file", directory.file("allow").path])
        )
        let transfer = try TailcatTransfer(Tailcat.Setting(server: server), byteCount: 1_000_000)
        try transfer.startSending()
        var keys = Set<String>()
        try eventually("both clients are refused, and come again", within: .seconds(60)) {
            guard transfer.isRunning else { throw KitError.closed("a refused client ended") }
            keys = Self.refusedKeys(in: server.log)
            return try keys.count >= 2 && MetricsReading(of: server).total("derp_admissions_refused_total") >= 6
        }
        #expect(keys.count == 2)
        #expect(try MetricsReading(of: server).total("derp_logins_total") == 0)
        try directory.write(keys.joined(separator: "\n"), to: "allow")
        try transfer.expectCompletion(within: .seconds(90))
        #expect(try MetricsReading(of: server).total("derp_bytes_received_total") >= 1_000_000)
    }

    @Test("A stock client on the deny list relays nothing, until it is taken off", .timeLimit(.minutes(3)))
    func denied() throws {
        let directory = try TemporaryDirectory()
        try directory.write("# nobody yet\n", to: "allow")
        try directory.write("", to: "deny")
        let server = try ServerProcess(
            ServerOptions(
                hasHelperPort: true,
                flags: ["--allow-file", directory.file("allow").path, "--deny-file", directory.file("deny").path]
            )
        )
        let transfer = try TailcatTransfer(Tailcat.Setting(server: server), byteCount: 1_000_000)
        try transfer.startSending()
        var keys = [String]()
        try eventually("both clients are known by their keys", within: .seconds(60)) {
            keys = Self.refusedKeys(in: server.log).sorted()
            return keys.count == 2
        }
        try directory.write(keys[0], to: "deny")
        try directory.write(keys.joined(separator: "\n"), to: "allow")
        server.send(signal: SIGHUP)
        try eventually("one is admitted, the other is not", within: .seconds(60)) {
            let reading = try MetricsReading(of: server)
            return try reading.total("derp_logins_total") >= 1
                && reading.total("derp_admissions_refused_total", #"reason="deny_list""#) >= 2
        }
        #expect(try MetricsReading(of: server).total("derp_packets_sent_total") == 0)
        try directory.write("", to: "deny")
        try transfer.expectCompletion(within: .seconds(90))
    }

    private static func refusedKeys(in log: String) -> Set<String> {
        let words = log.split(separator: "\n").filter { $0.contains("Refused a client") }
            .flatMap { $0.split(separator: " ") }
        return Set(words.filter { $0.hasPrefix("key=nodekey:") }.map { String($0.dropFirst("key=".count)) })
    }
}
