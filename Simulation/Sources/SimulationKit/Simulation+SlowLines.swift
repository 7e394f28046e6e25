import CSimulatedSystem
import Stories

// Clients whose lines carry less than what is sent to them.
extension Simulation {
    private struct Line {
        let sender: Connection
        let receiver: Connection
    }

    /// What comes over a slow line is fresh, and what the line can carry in time comes.
    func checkSlowLines() throws {
        // A thread that gets no processor meanwhile makes packets old.
        Self.setFaults(perMillion: 0, pauses: 0)
        defer { Self.setFaults(perMillion: 0) }
        let lines = self.slowLines()
        // The relay learns that the lines are slow.
        _ = try self.flood(lines)
        let flood = try self.flood(lines)
        if !self.story.features.contains(.patience) {
            for (line, packets) in zip(lines, flood) where line.receiver.isLoggedIn {
                self.checkAges(packets, of: line)
            }
        }
        let bursts = lines.map { line in
            let most = min(
                UInt64(Self.floodCount) / 2,
                line.receiver.path.rate * Self.burstTime / Self.second / Self.size
            )
            return (0..<most).map { _ in self.send(over: line) }
        }
        try self.pass(until: csim_now() + 3 * Self.second)
        for (line, packets) in zip(lines, bursts) where line.receiver.isLoggedIn {
            let count = packets.count { !self.ledger.hasCome($0) }
            if count > 0 {
                self.ledger.violated(
                    "\(count) of \(packets.count) packets to \(line.receiver.client), which its slow line carries, didn't come"
                )
            }
        }
    }

    private static let second: UInt64 = 1_000_000_000
    private static let size: UInt64 = 1400
    /// As much as is on its way at once.
    private static let floodCount = 40
    /// How long the line needs for a burst, in nanoseconds.
    private static let burstTime: UInt64 = 60_000_000
    /// How long a packet may wait in the queue; and in the kernel and in frames that are being sent, in nanoseconds.
    private static let longestWait: UInt64 = 100_000_000
    private static let longestSending: UInt64 = 100_000_000

    /// Each slow line once, with somebody near who sends quickly.
    private func slowLines() -> [Line] {
        let connections = self.open.filter { $0.count == 1 }.joined().filter {
            $0.isLoggedIn && !self.isHaunted($0.client) && $0.path.window >= 65_536
        }
        let fast = connections.filter { $0.path.rate == 0 }.sorted { $0.path.latency < $1.path.latency }
        return connections.filter { $0.path.rate > 0 }.prefix(8).compactMap { receiver in
            fast.first { $0.process == receiver.process }.map { Line(sender: $0, receiver: receiver) }
        }
    }

    private func send(over line: Line) -> TestPacket {
        self.sendPacket(over: line.sender, to: line.receiver.client, size: Int(Self.size))
    }

    /// One line after the other, because some have the same sender.
    private func flood(_ lines: [Line]) throws -> [[TestPacket]] {
        var packets: [[TestPacket]] = []
        for line in lines {
            packets.append((0..<Self.floodCount).map { _ in self.send(over: line) })
            try self.pass(until: csim_now() + Self.second)
        }
        return packets
    }

    private func checkAges(_ packets: [TestPacket], of line: Line) {
        let ways = (line.sender.path.latency + line.receiver.path.latency) * 5 / 4
        let limit = ways + Self.longestWait + Self.longestSending
        let ages = packets.compactMap { self.ledger.age(of: $0) }
        if let oldest = ages.max(), oldest > limit {
            self.ledger.violated(
                "a packet to \(line.receiver.client), which has a slow line, was \(oldest / 1_000_000) ms old, "
                    + "not \(limit / 1_000_000)"
            )
        }
        if ages.isEmpty {
            self.ledger.violated("no packet came to \(line.receiver.client), which has a slow line")
        }
    }
}
