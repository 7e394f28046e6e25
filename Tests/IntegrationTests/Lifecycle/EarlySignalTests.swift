import Foundation
import TestSupport
import Testing

@Suite("Signals at the start", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct EarlySignalTests {
    /// Starts a server that takes its time to read a list before it can serve.
    private func start(in directory: TemporaryDirectory) throws -> ChildProcess {
        let lines = (0..<20_000).map { String(format: "nodekey:%064x\n", $0 + 1) }
        try directory.write(lines.joined(), to: "deny")
        let options = ServerOptions.plain.with {
            $0.loops = 1
            $0.flags = ["--deny-file", directory.file("deny").path]
        }
        return try ChildProcess(
            options.launch(ports: .init(relay: 0, helper: 0, stun: 0), directory: directory.url).command,
            directory: directory.url,
            name: "server-\(UUID())"
        )
    }

    /// Waits until the process catches SIGHUP, and returns whether it is still too early for it to catch SIGTERM too.
    private func catchesHangupOnly(_ process: ChildProcess) throws -> Bool {
        let deadline = Deadline(in: .seconds(30))
        while true {
            let caught = self.caughtSignals(process)
            if caught & 1 << UInt64(SIGTERM - 1) != 0 { return false }
            if caught & 1 << UInt64(SIGHUP - 1) != 0 { return true }
            try #require(!process.hasEnded && !deadline.hasPassed, "SIGHUP is not caught: \(process.errors)")
        }
    }

    private func caughtSignals(_ process: ChildProcess) -> UInt64 {
        let status = (try? String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
        return line.flatMap { UInt64($0.dropFirst(7).drop { $0 == "\t" }, radix: 16) } ?? 0
    }

    /// A server that is so young that it would not know what to do with most signals.
    private func youngServer(in directory: TemporaryDirectory) throws -> ChildProcess {
        // The machine may be too busy to look in time.
        for _ in 0..<10 {
            let process = try self.start(in: directory)
            if try self.catchesHangupOnly(process) { return process }
        }
        throw KitError.missing("SIGHUP is caught no earlier than SIGTERM")
    }

    @Test("SIGHUP from the first instruction on doesn't end it: what it asks for is done as soon as it can be")
    func hangup() throws {
        let directory = try TemporaryDirectory()
        let process = try self.youngServer(in: directory)
        process.send(signal: SIGHUP)
        try eventually("it serves, and has read again", within: .seconds(30)) {
            guard !process.hasEnded else { throw KitError.closed("it ended: \(process.errors)") }
            return process.errors.contains("Serving") && process.errors.contains("Reading again")
        }
        process.send(signal: SIGTERM)
        #expect(try process.waitForExit() == .code(0))
    }

    @Test("SIGTERM ends it before it serves, too")
    func termination() throws {
        let process = try self.youngServer(in: try TemporaryDirectory())
        process.send(signal: SIGTERM)
        let status = try process.waitForExit(within: .seconds(5))
        #expect(status == .code(0) || status == .signal(SIGTERM))
    }

    @Test("SIGHUP ends a command")
    func command() throws {
        let directory = try TemporaryDirectory()
        let process = try ChildProcess(
            [BuiltProducts.server, "check", "http://127.0.0.1:1", "--watch", "1h", "--metrics-listen", "127.0.0.1:0"],
            directory: directory.url,
            name: "check"
        )
        try eventually("it checks", within: .seconds(30)) { process.errors.contains("Metrics: ") }
        process.send(signal: SIGHUP)
        #expect(try process.waitForExit() == .signal(SIGHUP))
    }
}
