import Glibc
import TestSupport

/// `DERPServer check --watch` of a server, whose metrics are served. It ends with this value.
final class CheckWatch {
    private let directory: TemporaryDirectory
    private let process: ChildProcess
    private let port: UInt16

    convenience init(_ server: ServerProcess) throws {
        try self.init(server.checkArguments())
    }

    /// - Parameter arguments: say what is checked.
    init(_ arguments: [String]) throws {
        self.directory = try TemporaryDirectory()
        let process = try ChildProcess(
            [BuiltProducts.server, "check"] + arguments
                + ["--timeout=5s", "--watch=100ms", "--metrics-listen=127.0.0.1:0"],
            directory: self.directory.url,
            name: "watch"
        )
        self.process = process
        var port: UInt16 = 0
        try eventually("it says where") {
            guard let line = process.errors.split(separator: "\n").first(where: { $0.hasPrefix("Metrics: ") }),
                let text = line.split(separator: ":").last?.split(separator: "/").first
            else { return false }
            port = UInt16(text) ?? 0
            return port != 0
        }
        self.port = port
    }

    /// What it has written so far.
    var output: String { self.process.output }

    func stop() throws -> ProcessExit {
        self.process.send(signal: SIGTERM)
        return try self.process.waitForExit()
    }

    /// The metrics as they are served.
    func page() throws -> String {
        try HTTPRequest("/metrics").send(over: Connection(port: self.port, security: .plain)).text
    }

    func reading() throws -> MetricsReading {
        try MetricsReading(over: Connection(port: self.port, security: .plain))
    }

    /// Waits until a round is over that began after this was called.
    func awaitRound() throws {
        let count = try self.reading().total("derp_check_rounds_total")
        try eventually("a round is over", within: .seconds(30)) {
            try self.reading().total("derp_check_rounds_total") > count
        }
    }
}
