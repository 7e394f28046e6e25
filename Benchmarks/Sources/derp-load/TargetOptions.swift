import ArgumentParser
import AsyncSockets
import CLoad
import LoadKit

/// Which server to measure, how to reach it, and which processes to watch.
struct TargetOptions: ParsableArguments {
    @Argument(help: "The server: http://host:port or https://host:port. Certificates are not verified unless pinned.")
    var url: String

    @Option(help: ArgumentHelp("SHA-256 of the server's certificate (DER), as 64 hex digits.", valueName: "hex"))
    var pin: String?

    @Flag(help: "Speak TLS 1.2 only.")
    var tls12 = false

    @Flag(help: "Ask for DERP with Derp-Fast-Start.")
    var fastStart = false

    @Option(
        name: .customLong("server-pid"),
        help: ArgumentHelp(
            "A process of the server on this machine, to read its processor time and memory. Repeatable.",
            valueName: "pid"
        )
    )
    var serverPIDs: [Int32] = []

    @Option(help: "How many event loops generate the load.")
    var loops = 1

    @Option(help: ArgumentHelp("Stay on this processor.", valueName: "number"))
    var cpu: Int?

    @Flag(help: "Print one line of JSON instead of text.")
    var json = false

    func validate() throws {
        guard (1...64).contains(self.loops) else { throw ValidationError("--loops must be 1…64") }
        guard self.cpu.map({ (0..<64).contains($0) }) ?? true else { throw ValidationError("--cpu must be 0…63") }
    }

    /// Measures and prints the report. Exits with code 1 if the run failed.
    ///
    /// - Parameter limit: The kind of server if it doesn't speak DERP.
    func run(
        _ limit: LimitOptions? = nil,
        _ body: (Target, IOLoopGroup, ProcessMeter?) async throws -> Report
    ) async throws {
        if let cpu { Processors.pinThisProcess(to: 1 << UInt64(cpu)) }
        Limits.raiseOpenFiles()
        let group = try IOLoopGroup(count: self.loops)
        let target = try Target(
            url: self.url,
            verification: try self.verification(),
            versions: self.tls12 ? .tls12 : .both,
            login: try await limit?.login(isTLS: self.url.hasPrefix("https:"), group)
                ?? .derp(self.fastStart ? .fastStart : .upgrade)
        )
        let meter = self.serverPIDs.isEmpty ? nil : try ProcessMeter(pids: self.serverPIDs)
        let report = try await body(target, group, meter)
        print(self.json ? report.json : report.text)
        guard report.isSuccess else { throw ExitCode.failure }
    }

    private func verification() throws -> TLSContext.Verification {
        guard let pin else { return .none }
        guard let digest = Digits.bytes(ofHex: pin), digest.count == 32 else {
            throw ValidationError("--pin must be 64 hex digits")
        }
        return .pinned(digest)
    }
}
