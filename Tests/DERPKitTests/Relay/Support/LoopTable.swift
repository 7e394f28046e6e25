import Logging
import Glibc
import TestSupport

@testable import AsyncSockets
@testable import DERPKit

/// A relay's loops on the test's own thread, turned in any order that the test likes: whatever can happen between
/// threads can be tried, and found again by its seed.
final class LoopTable {
    let relays: [RelayLoop]
    let context: RelayContext
    private var random: SplitMix64
    /// Loops that aren't turned.
    var stalled: Set<Int> = []

    init(
        loops count: Int,
        seed: UInt64,
        queueMemory: Int = 64 << 20,
        configure: (inout RelayServer.Configuration) -> Void = { _ in }
    ) throws {
        self.random = SplitMix64(seed: seed)
        var configuration = RelayServer.Configuration(privateKey: NodePrivateKey(), addresses: [], security: .none)
        configure(&configuration)
        self.relays = try (0..<count).map { index in
            RelayLoop(loop: try IOLoop(index: index), writeTimeout: nil, queueMemory: queueMemory)
        }
        RelayLoop.connect(self.relays)
        self.context = RelayContext(
            configuration: configuration,
            forwarder: PacketForwarder(relays: self.relays),
            regionMap: try RegionMap(ownRegion: nil),
            logger: .init(label: "test")
        )
    }

    /// Ends all connections: who waits on a loop that is never turned again would keep its descriptors open.
    deinit {
        self.stalled = []
        for relay in self.relays {
            Task(executorPreference: relay.loop) { await relay.drain(farewell: [], within: .zero) }
        }
        _ = self.turn { self.relays.allSatisfy { $0.isDraining && $0.openStreams == 0 } }
        self.relays.forEach { $0.disconnect() }
    }

    var forwarder: PacketForwarder { self.context.forwarder }

    func chance(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self.random) }

    /// Turns up to `limit` loops at random.
    func turnSome(_ limit: Int = 6) {
        let loops = self.relays.filter { !self.stalled.contains($0.loop.index) }
        for _ in 0..<self.chance(0...limit) { loops[self.chance(0...loops.count - 1)].loop.turn() }
    }

    /// Turns all loops, but those that are stalled, until nothing is left to do.
    func settle() {
        let loops = self.relays.map(\.loop).filter { !self.stalled.contains($0.index) }
        repeat {
            loops.shuffled(using: &self.random).forEach { $0.turn() }
        } while !loops.allSatisfy(\.isIdle)
    }

    /// What has been counted, on all loops.
    var counters: RelayCounters { self.relays.reduce(into: RelayCounters()) { $0 += $1.counters } }

    /// Turns the loops until `condition` holds; false when that takes longer than `time`, or what a
    /// sanitizer makes of it.
    func turn(for time: Duration = .seconds(10), until condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + time * Sanitizer.slowness
        while !condition() {
            guard ContinuousClock.now < end else { return false }
            self.settle()
        }
        return true
    }

    /// What a task on a loop finds out.
    func run<Result: Sendable>(on index: Int = 0, _ body: @escaping @Sendable () async -> Result) -> Result? {
        let result = Lock<Result?>(nil)
        let box = Shared(result)
        Task(executorPreference: self.relays[index].loop) {
            let value = await body()
            box.value.withLock { $0 = value }
        }
        _ = self.turn { box.value.withLock { $0 != nil } }
        return box.value.withLock { $0 }
    }
}

/// Something that can't be copied, where copies are needed.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
    let value: Value

    init(_ value: consuming sending Value) { self.value = value }
}
