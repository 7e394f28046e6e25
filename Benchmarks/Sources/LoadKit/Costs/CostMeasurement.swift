import CLoad
import Glibc

/// Measures the processor time that a server spends on everything that can be sent to it before a login.
public struct CostMeasurement {
    /// How often each message is measured, in turns.
    public var rounds = 3
    /// How much processor time of the server a measurement should take, in seconds. It ends after 2,000 connections in
    /// any case.
    public var length = 0.1
    /// A filter: only messages with this text in their name are measured, and those that they build on.
    public var filter: String?

    public init() {}

    private static var all: [CostMessage] {
        get throws {
            try CostMessage.http() + CostMessage.proxies() + CostMessage.derp() + CostMessage.webSockets()
                + CostMessage.stun() + CostMessage.tls()
                + [CostServer.rsa2048, .rsa3072, .rsa4096].flatMap { try CostMessage.handshakes($0) }
        }
    }

    private func isWanted(_ message: CostMessage, among all: [CostMessage]) -> Bool {
        guard let filter else { return true }
        return message.name.contains(filter)
            || all.contains { $0.name.contains(filter) && $0.server == message.server && $0.base == message.name }
            || message.name == CostMessage.connection
    }

    /// Runs all measurements.
    ///
    /// - Parameters:
    ///   - program: The path of the server.
    ///   - tell: Called with lines about the progress.
    public func run(_ program: String, tell: (String) -> Void) async throws -> CostReport {
        let all = try Self.all
        let wanted = all.filter { self.isWanted($0, among: all) }
        var rows: [CostRow] = []
        var idle: [String] = []
        for server in CostServer.allCases {
            let messages = wanted.filter { $0.server == server }
            guard !messages.isEmpty else { continue }
            let process = try server.recipe(program).start(on: 1)
            defer { cload_signal_group(process.leader, SIGKILL) }
            let asked = try Asked(process)
            // A new server is slower at first.
            for _ in 0..<3 { _ = try asked.measure(CostMessage(server, "", []), for: self.length) }
            idle.append("\(server.rawValue): \(Report.format(asked.idle * 1e6)) µs")
            var samples = [[Sample]](repeating: [], count: messages.count)
            for round in 1...self.rounds {
                for (index, message) in messages.enumerated() {
                    if round == 1 { tell("\(server.rawValue): \(message.name)") }
                    samples[index].append(try asked.measure(message, for: self.length))
                }
            }
            rows += Self.rows(messages, samples)
            await process.stop()
        }
        return CostReport(rows: rows, rounds: self.rounds, idle: idle)
    }

    private static func rows(_ messages: [CostMessage], _ samples: [[Sample]]) -> [CostRow] {
        messages.enumerated().compactMap { index, message in
            let base = message.base.flatMap { name in messages.firstIndex { $0.name == name } }
            let own = zip(samples[index], base.map { samples[$0] } ?? samples[index].map { _ in Sample() }).map {
                Sample(
                    bytes: ($0.bytes - $1.bytes) / Double(message.count),
                    cost: ($0.cost - $1.cost) / Double(message.count)
                )
            }
            guard let whole = Spread(samples[index].map(\.cost)), let cost = Spread(own.map(\.cost)) else { return nil }
            return CostRow(
                message: message,
                connectionBytes: samples[index].last?.bytes ?? 0,
                connectionCost: whole,
                bytes: own.last?.bytes ?? 0,
                cost: cost,
                isRefused: samples[index].contains(where: \.isRefused)
            )
        }
    }

    /// The result for one connection: bytes sent, and microseconds.
    fileprivate struct Sample {
        var bytes = 0.0
        var cost = 0.0
        var isRefused = false
    }
}

/// A server under measurement.
private final class Asked {
    private let process: ServerProcess
    private let pids: [Int32]
    private var source: UInt32 = 0
    /// The seconds of processor time that the server spends in a second without requests.
    let idle: Double

    init(_ process: ServerProcess) throws {
        self.process = process
        let end = cload_now() + 30_000_000_000
        while (try? PlainSocket(port: process.port, from: 0x7f00_0001)) == nil {
            guard cload_now() < end, cload_reap(process.leader) == 0 else {
                throw LoadError("\(process.name) doesn't serve: \(TextFile.read(process.directory + "/derp-load.log"))")
            }
            usleep(10_000)
        }
        usleep(200_000)
        self.pids = process.pids
        let before = Self.time(self.pids)
        usleep(1_000_000)
        self.idle = Double(Self.time(self.pids) - before) / 1e9
    }

    private static func time(_ pids: [Int32]) -> UInt64 { pids.reduce(0) { $0 + cload_processor_time($1) } }

    func measure(_ message: CostMessage, for length: Double) throws -> CostMeasurement.Sample {
        // The first connections warm up the server, and show how many are needed.
        let first = try self.measure(message, connections: 5)
        let count = Int(length * 1e6 / max(first.cost, 1))
        return try self.measure(message, connections: min(max(count, 5), 2000))
    }

    private func measure(_ message: CostMessage, connections: Int) throws -> CostMeasurement.Sample {
        self.settle()
        let (start, before) = (cload_now(), Self.time(self.pids))
        var bytes = 0
        var isRefused = false
        for _ in 0..<connections {
            self.source = self.source % 200 + 1
            let target = CostTarget(
                port: self.process.port,
                stunPort: self.process.stunPort,
                source: 0x7f00_0100 + self.source
            )
            bytes += try message.send(target)
            if target.notes.isRefused { isRefused = true }
        }
        self.settle()
        let seconds = Double(Self.time(self.pids) - before) / 1e9 - Double(cload_now() - start) / 1e9 * self.idle
        return .init(
            bytes: Double(bytes) / Double(connections),
            cost: max(seconds, 0) * 1e6 / Double(connections),
            isRefused: isRefused
        )
    }

    /// Waits until the server is idle.
    private func settle() {
        for _ in 0..<200 {
            let before = Self.time(self.pids)
            usleep(3000)
            if Self.time(self.pids) - before < 20_000 { return }
        }
    }
}
