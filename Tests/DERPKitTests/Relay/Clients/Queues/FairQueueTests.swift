import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Fair queue")
struct FairQueueTests {
    private static let patient = DelayControl.Limits(target: .max, age: .max)

    private static func key(_ number: Int) -> NodePublicKey {
        NodePublicKey((0..<32).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &* 7 &+ 1) })!
    }

    /// A queue, and what came of it.
    private struct Setup {
        let pool = BufferPool(blockSize: 192 * 1024, limit: 1)
        var queue: FairQueue
        var counters = RelayCounters()
        var now: UInt64 = 1_000_000_000

        init() { self.queue = FairQueue(pool: self.pool) }

        /// Queues a packet that begins with `number`.
        @discardableResult
        mutating func append(_ number: Int, from sender: Int, size: Int = 1000, disco: Bool = false) -> Bool {
            var packet = [UInt8](repeating: 0x5a, count: size)
            withUnsafeBytes(of: UInt64(number)) { packet.replaceSubrange(0..<8, with: $0) }
            let frame = Frame.encode(.recvPacket, FairQueueTests.key(sender).bytes + packet)
            return frame.withUnsafeBytes { bytes in
                self.queue.append(
                    UnsafeRawBufferPointer(rebasing: bytes[..<37]),
                    UnsafeRawBufferPointer(rebasing: bytes[37...]),
                    from: FairQueueTests.key(sender),
                    disco ? .disco : .other,
                    at: self.now,
                    counters: &self.counters
                )
            }
        }

        mutating func leave(_ sender: Int) {
            let frame = Frame.peerGone(FairQueueTests.key(sender), .disconnected)
            frame.withUnsafeBytes { bytes in
                _ = self.queue.append(
                    bytes,
                    UnsafeRawBufferPointer(start: nil, count: 0),
                    from: FairQueueTests.key(sender),
                    .peerGone,
                    at: self.now,
                    counters: &self.counters
                )
            }
        }

        /// Takes up to `room` bytes, and returns the senders and numbers of the packets; -1 for PeerGone.
        mutating func take(
            _ room: Int = .max,
            limits: DelayControl.Limits = FairQueueTests.patient,
            longestTime: (Int) -> UInt64 = { _ in .max }
        ) -> [(sender: NodePublicKey, number: Int)] {
            var bytes = [UInt8](repeating: 0, count: min(room, 256 * 1024) + 70_000)
            let count = bytes.withUnsafeMutableBytes { memory in
                self.queue.take(
                    to: memory.baseAddress!,
                    room: room,
                    exceeds: true,
                    at: self.now,
                    limits: limits,
                    longestTime: longestTime,
                    counters: &self.counters
                )
            }
            return FairQueueTests.frames(bytes[..<count])
        }
    }

    private static func frames(_ bytes: ArraySlice<UInt8>) -> [(sender: NodePublicKey, number: Int)] {
        var rest = Array(bytes)
        var found: [(NodePublicKey, Int)] = []
        while !rest.isEmpty {
            let size = rest[1..<5].reduce(0) { $0 << 8 | Int($1) }
            let key = NodePublicKey(rest[5..<37])!
            let isPacket = rest[0] == FrameType.recvPacket.rawValue
            let number = isPacket ? (0..<8).reversed().reduce(0) { $0 << 8 | Int(rest[37 + $1]) } : -1
            found.append((key, number))
            rest.removeFirst(5 + size)
        }
        return found
    }

    @Test("a sender's packets come in order, unchanged, whatever their sizes", arguments: 1...4)
    func order(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var setup = Setup()
        var sent: [Int: [Int]] = [:]
        var got: [NodePublicKey: [Int]] = [:]
        for number in 0..<3000 {
            let sender = Int.random(in: 0..<80, using: &random)
            let size = Int.random(in: 0..<50, using: &random) == 0 ? 40_000 : Int.random(in: 8...1500, using: &random)
            let result1 = setup.append(number, from: sender, size: size)
            #expect(result1)
            sent[sender, default: []].append(number)
            if number % 3 == 0 {
                for packet in setup.take(.random(in: 1...6000, using: &random)) {
                    got[packet.sender, default: []].append(packet.number)
                }
            }
        }
        for packet in setup.take() { got[packet.sender, default: []].append(packet.number) }
        for (sender, numbers) in sent {
            let arrived = got[Self.key(sender)] ?? []
            #expect(arrived == arrived.sorted())
            #expect(Set(arrived).count == arrived.count)
            #expect(Set(arrived).isSubset(of: Set(numbers)))
        }
        let arrived = got.values.reduce(0) { $0 + $1.count }
        #expect(arrived + Int(setup.counters.drops(.queueHead, .other)) == 3000)
        #expect(setup.counters.packetsSent == UInt64(arrived))
        #expect(setup.queue.isEmpty)
        #expect(setup.queue.byteCount == 0)
        #expect(setup.pool.take() != nil, "the memory is back")
    }

    @Test("who sends little goes before who sends much")
    func light() {
        var setup = Setup()
        for number in 0..<50 { setup.append(number, from: 1) }
        _ = setup.take(2500)
        setup.append(1000, from: 2, size: 100)
        let result2 = setup.take(1300).first?.number
        #expect(result2 == 1000)
    }

    @Test("senders with equal demand get equal shares")
    func shares() {
        var setup = Setup()
        var counts: [NodePublicKey: Int] = [:]
        for round in 0..<2000 {
            for sender in 0..<10 {
                for _ in 0..<(sender == 0 ? 6 : 2) { setup.append(round, from: sender, size: 1200) }
            }
            for packet in setup.take(5 * 1237) { counts[packet.sender, default: 0] += 1 }
        }
        let (least, most) = (counts.values.min() ?? 0, counts.values.max() ?? 0)
        #expect(counts.count == 10)
        #expect(Double(most) / Double(least) < 1.05, "\(least)…\(most)")
    }

    @Test("disco packets go first")
    func disco() {
        var setup = Setup()
        for number in 0..<10 { setup.append(number, from: 1) }
        setup.append(100, from: 1, size: 120, disco: true)
        setup.append(101, from: 1, size: 120, disco: true)
        let result3 = setup.take(2500).map(\.number)
        #expect(result3 == [100, 101, 0, 1])
    }

    @Test("PeerGone comes after the last packet of the peer that left")
    func gone() {
        var setup = Setup()
        for number in 0..<5 { setup.append(number, from: 1) }
        setup.append(7, from: 1, size: 100, disco: true)
        setup.leave(1)
        for number in 0..<5 { setup.append(10 + number, from: 2) }
        let numbers = setup.take().filter { $0.sender == Self.key(1) }.map(\.number)
        #expect(numbers == [7, 0, 1, 2, 3, 4, -1])
    }

    @Test("a full queue drops the oldest packets of the sender who has most, and no PeerGone")
    func full() {
        var setup = Setup()
        for number in 0..<20 { setup.append(number, from: 1, size: 500) }
        setup.leave(1)
        for number in 0..<1000 { setup.append(number, from: 2, size: 1200) }
        let taken = setup.take()
        #expect(taken.filter { $0.sender == Self.key(1) }.map(\.number) == Array(0..<20) + [-1])
        #expect(taken.last { $0.sender == Self.key(2) }?.number == 999)
        #expect(setup.counters.drops(.queueHead, .other) == UInt64(1021 - taken.count))
        let bytes = setup.counters.droppedBytes(.queueHead, .other)
        #expect(bytes == setup.counters.drops(.queueHead, .other) * 1200)
    }

    @Test("a PeerGone that nothing precedes any more loses its place, and is kept")
    func displaced() {
        var setup = Setup()
        setup.append(1, from: 1)
        setup.append(2, from: 1, disco: true)
        setup.leave(1)
        setup.queue.removeAll(as: .queueHead, &setup.counters)
        #expect(setup.queue.displaced == Frame.peerGone(Self.key(1), .disconnected))
        #expect(setup.queue.isEmpty)
        #expect(setup.pool.take() != nil, "the memory is back")
    }

    @Test("what has waited for longer than the age limit isn't sent")
    func age() {
        var setup = Setup()
        for number in 0..<10 { setup.append(number, from: 1) }
        setup.append(50, from: 2, disco: true)
        setup.leave(1)
        setup.now += 100_000_000
        setup.append(11, from: 1)
        setup.now += 1
        let limits = DelayControl.Limits(target: 10_000_000, age: 100_000_000)
        let result4 = setup.take(limits: limits).map(\.number)
        #expect(result4 == [-1, 11])
        #expect(setup.counters.drops(.queueHead, .other) == 10)
        #expect(setup.counters.drops(.queueHead, .disco) == 1)
    }

    @Test("a large frame whose sender isn't known counts against whoever sends another one")
    func unknownSender() {
        var setup = Setup()
        let limits = DelayControl.Limits(target: 10_000_000, age: 100_000_000)
        setup.append(0, from: 1)
        _ = setup.take()
        setup.queue.occupy(by: nil, from: setup.now, for: 1_000_000_000)
        setup.append(1, from: 1)
        setup.append(2, from: 2)
        setup.now += 200_000_000
        setup.append(3, from: 1, size: 65_000)
        setup.now += 101_000_000
        setup.append(4, from: 1)
        // 301 ms passed for packet 1, of which 200 don't count.
        let numbers = setup.take(limits: limits).map(\.number)
        #expect(numbers.sorted() == [2, 4])
        #expect(setup.counters.drops(.queueHead, .other) == 2)
    }

    @Test("how long packets waited is counted")
    func delays() {
        var setup = Setup()
        for number in 0..<3 {
            setup.append(number, from: 1)
            setup.now += 4_000_000
        }
        _ = setup.take()
        // 12, 8 and 4 ms.
        #expect(setup.counters.queueDelays.counts == [0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
        #expect(setup.counters.queueDelays.sum == 24_000_000)
    }

    @Test("there is no room without memory, and none for what is larger than all of it")
    func noMemory() {
        var setup = Setup()
        let block = setup.pool.take()!
        let result5 = setup.append(1, from: 1)
        #expect(!result5)
        setup.pool.giveBack(block)
        let result6 = setup.append(1, from: 1, size: 200_000)
        #expect(!result6)
        let result7 = setup.append(1, from: 1, size: 65_536)
        #expect(result7)
        let result8 = setup.take().map(\.number)
        #expect(result8 == [1])
    }

    @Test("disco packets of more than 2,048 bytes don't go first")
    func largeDisco() {
        var setup = Setup()
        setup.append(1, from: 1)
        setup.append(2, from: 2, size: 3000, disco: true)
        setup.append(3, from: 3, disco: true)
        #expect(setup.take().map(\.number) == [3, 1, 2])
    }

    @Test("a packet isn't excused for longer than a large frame takes, however many are sent before it")
    func excuse() throws {
        var setup = Setup()
        setup.append(1, from: 1)
        let index = try #require(setup.queue.flows.indices.first { setup.queue.flows[$0].isListed })
        let start = setup.now
        for _ in 0..<20 {
            setup.queue.occupy(by: index + 1, from: setup.now, for: 100_000_000)
            setup.now += 90_000_000
        }
        let entry = try #require(setup.queue.head(of: index))
        #expect(setup.queue.wait(of: entry, in: index, until: setup.now) == setup.now - start - 100_000_000)
    }

    @Test("Nothing is kept of senders once nothing has waited for a while, and all goes on as before")
    func rest() {
        var setup = Setup()
        setup.append(1, from: 1)
        setup.queue.rest()
        #expect(!setup.queue.flows.isEmpty, "something waits")
        #expect(setup.take().map(\.number) == [1])
        setup.queue.rest()
        #expect(setup.queue.flows.isEmpty)
        for number in 2...4 { setup.append(number, from: number % 2) }
        setup.append(5, from: 3, disco: true)
        #expect(setup.take().map(\.number).sorted() == [2, 3, 4, 5])
    }
}
