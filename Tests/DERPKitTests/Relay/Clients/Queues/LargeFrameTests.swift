import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Large frames on slow lines")
struct LargeFrameTests {
    /// Ten seconds on a line: a client that sends large packets, one that sends 50 packets of 100 B a second, and one that
    /// sends 10 disco packets a second.
    private struct Line {
        /// In bytes per millisecond.
        let rate: Int
        let limits: DelayControl.Limits
        private let pool = BufferPool(blockSize: 192 * 1024, limit: 1)
        private var queue: FairQueue
        private var counters = RelayCounters()
        /// What the kernel has not sent yet, in bytes.
        private var unsent = 0

        private static let unsentLimit = 3072
        private static let start: UInt64 = 1_000_000_000
        private static let second = 1000

        struct Outcome: Equatable {
            /// In percent.
            var large = 0
            var light = 0
            var disco = 0
        }

        init(megabits: Double, delayLimit: UInt64 = 100_000_000) {
            self.rate = Int(megabits * 125)
            self.limits = SlowLine.limits(for: delayLimit, packetTime: 1_500_000_000 / UInt64(self.rate) / 1000 * 1000)
            self.queue = FairQueue(pool: self.pool)
        }

        /// Sends `count` packets of `size` bytes a second, and the others. The client reads nothing for `pause`
        /// milliseconds after a second.
        mutating func run(_ count: Int, size: Int, pause: Int = 0) -> Outcome {
            var sent: [PacketBatch.Content: Int] = [:]
            var (large, arrived) = ((sent: 0, arrived: 0), (light: 0, disco: 0))
            for time in 0..<10 * Self.second {
                let now = Self.start + UInt64(time) * 1_000_000
                if time % (Self.second / count) == 0 {
                    large.sent += 1
                    self.append(1, size: size, at: now)
                }
                if time % 20 == 7 {
                    sent[.other, default: 0] += 1
                    self.append(2, size: 100, at: now)
                }
                if time % 100 == 53 {
                    sent[.disco, default: 0] += 1
                    self.append(3, size: 120, .disco, at: now)
                }
                if !(Self.second..<Self.second + pause).contains(time) { self.unsent = max(self.unsent - self.rate, 0) }
                guard 2 * self.unsent < Self.unsentLimit else { continue }
                for packet in self.take(at: now) {
                    switch packet {
                    case 100: arrived.light += 1
                    case 120: arrived.disco += 1
                    default: large.arrived += 1
                    }
                }
            }
            // What was sent at last may be on its way.
            return Outcome(
                large: 100 * large.arrived / large.sent,
                light: 100 * (arrived.light + self.queuedCount(ofSize: 100)) / sent[.other]!,
                disco: 100 * (arrived.disco + self.queuedCount(ofSize: 120)) / sent[.disco]!
            )
        }

        private func queuedCount(ofSize size: Int) -> Int {
            self.queue.flows.indices.filter { self.queue.head(of: $0)?.packetCount == size }.reduce(0) {
                $0 + self.queue.flows[$1].list.byteCount / FairQueue.Entry.stride(PacketFrame.overhead + size)
            }
        }

        private static func key(_ number: Int) -> NodePublicKey {
            NodePublicKey((0..<32).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &* 7 &+ 1) })!
        }

        private mutating func append(
            _ sender: Int,
            size: Int,
            _ content: PacketBatch.Content = .other,
            at now: UInt64
        ) {
            let frame = Frame.encode(.recvPacket, Self.key(sender).bytes + [UInt8](repeating: 0, count: size))
            let isQueued = frame.withUnsafeBytes {
                self.queue.append(
                    $0,
                    UnsafeRawBufferPointer(start: nil, count: 0),
                    from: Self.key(sender),
                    content,
                    at: now,
                    counters: &self.counters
                )
            }
            #expect(isQueued)
        }

        /// Returns the sizes of the packets that the kernel gets.
        private mutating func take(at now: UInt64) -> [Int] {
            var bytes = [UInt8](repeating: 0, count: Self.unsentLimit + 70_000)
            let (room, rate) = (Self.unsentLimit - self.unsent, UInt64(self.rate))
            let count = bytes.withUnsafeMutableBytes {
                self.queue.take(
                    to: $0.baseAddress!,
                    room: room,
                    exceeds: true,
                    at: now,
                    limits: self.limits,
                    longestTime: { 2 * UInt64($0) * 1_000_000 / rate },
                    counters: &self.counters
                )
            }
            self.unsent += count
            var (sizes, offset) = ([Int](), 0)
            while offset < count {
                let size = bytes[offset + 1..<offset + 5].reduce(0) { $0 << 8 | Int($1) }
                sizes.append(size - 32)
                offset += 5 + size
            }
            return sizes
        }
    }

    @Test(
        "nobody loses packets because another client's large frame takes long",
        arguments: [(1, 1, 65_000), (1, 5, 65_000), (4, 10, 65_000), (0.5, 30, 16_000), (20, 50, 65_000)],
        [100, 1000]
    )
    func others(load: (megabits: Double, count: Int, size: Int), limit: UInt64) {
        var line = Line(megabits: load.megabits, delayLimit: limit * 1_000_000)
        let outcome = line.run(load.count, size: load.size)
        #expect(outcome.light == 100)
        #expect(outcome.disco == 100)
    }

    @Test("who sends large packets loses nothing while the line carries them, and what is too much otherwise")
    func own() {
        var half = Line(megabits: 1)
        #expect(half.run(1, size: 65_000).large == 100)
        var full = Line(megabits: 4)
        // 5.2 Mbit/s.
        let most = full.run(10, size: 65_000).large
        #expect((50...78).contains(most), "\(most) %")
    }

    @Test("a client that reads nothing gets no old packets afterwards, although a large frame is being sent")
    func stall() {
        // A large frame comes when the pause begins. It is sent 526 ms later, of which 52 may not count. What came in the
        // first 426 ms has waited for more than 100 ms that count: 21 packets of 500.
        var line = Line(megabits: 20)
        let outcome = line.run(1, size: 65_000, pause: 500)
        #expect(outcome.light == 95)
    }
}
