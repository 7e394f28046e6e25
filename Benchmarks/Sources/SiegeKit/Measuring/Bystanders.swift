import AsyncSockets
import CLoad
@_spi(Benchmarks) import DERPKit
import LoadKit

/// Clients that only use the relay. There are four pairs, so that each of the server's loops has some. Together they
/// send a hundred pings per second.
// @unchecked: what changes is confined to the loop.
final class Bystanders: @unchecked Sendable {
    private let loop: IOLoop
    private let pairs: [BystanderPair]
    private var timer: PaceTimer?
    private var due: UInt64 = 0
    private var turn = 0

    private static let interval: UInt64 = 10_000_000
    private static let pairCount = 4

    init(_ target: Target, on loop: IOLoop) async throws {
        var pairs: [BystanderPair] = []
        for index in 0..<Self.pairCount {
            let source = IPAddress(ipv4: 0x7f00_0014 + UInt32(index))
            pairs.append(try await BystanderPair.logIn(to: target, from: source, on: loop))
        }
        self.loop = loop
        self.pairs = pairs
    }

    /// Sends pings for so many seconds, then waits for open ones for at most 2 s.
    func measure(seconds: Double) async throws -> PingTimes {
        try await self.loop.run { Result { try self.start() } }.get()
        try await Task.sleep(for: .seconds(seconds))
        await self.loop.run { self.stop() }
        for _ in 0..<200 {
            if await self.loop.run({ self.pairs.allSatisfy(\.isSettled) }) { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        let parts = await self.loop.run { self.pairs.map { $0.takeTimes() } }
        return PingTimes(parts.flatMap(\.times), lost: parts.reduce(0) { $0 + $1.lost })
    }

    /// Returns how many of their connections the server has closed.
    func endedConnections() async -> Int {
        await self.loop.run { self.pairs.reduce(0) { $0 + $1.ended } }
    }

    func close() async {
        await self.loop.run { for pair in self.pairs { pair.close() } }
    }

    private func start() throws {
        let timer = try PaceTimer(on: self.loop) { [unowned self] in self.pingDue() }
        self.timer = timer
        self.due = cload_now() + Self.interval
        timer.set(self.due)
    }

    private func stop() {
        self.timer?.close()
        self.timer = nil
    }

    /// Sends all pings that are due. If this process is late, their times count from when they should have been sent.
    private func pingDue() {
        while self.due <= cload_now() {
            self.pairs[self.turn % self.pairs.count].ping(due: self.due)
            self.turn += 1
            self.due += Self.interval
        }
        self.timer?.set(self.due)
    }
}
