import AsyncSockets

/// A client whose line takes less than what is sent to it: what waits for it, and how much of that the kernel gets.
///
/// What the kernel holds can't be dropped any more, and nothing overtakes it. So it gets what the line carries in a few
/// milliseconds, not the megabytes that it would take. Confined to the loop.
final class SlowLine {
    private let stream: TCPStream
    /// How long packets may wait here, in nanoseconds.
    private let delayLimit: UInt64
    @exclusivity(unchecked) var queue: FairQueue
    /// What the line carries, in bytes per second. 0: not known yet.
    @exclusivity(unchecked) private(set) var rate: UInt64 = 0
    @exclusivity(unchecked) private var lastSample: UInt64 = 0
    /// What the client took lately while something waited for it, in bytes per second. 0: not known yet.
    @exclusivity(unchecked) private var taken: UInt64 = 0
    /// Since when that is measured, and how much was acknowledged then. 0: nothing waits.
    @exclusivity(unchecked) private var measuredSince: UInt64 = 0
    @exclusivity(unchecked) private var acknowledged: UInt64 = 0
    /// Since when nothing waits. 0: something waits, or did a moment ago.
    @exclusivity(unchecked) private var emptySince: UInt64 = 0
    /// How many bytes may wait in the kernel.
    @exclusivity(unchecked) private var unsentLimit = SlowLine.slowUnsent
    /// Whether the kernel knows such a limit, and says when it has room again.
    private let hasLimit: Bool
    /// Wakes the sender if the kernel doesn't.
    @exclusivity(unchecked) private var timer: LoopTimer?
    /// When sending was last blocked.
    @exclusivity(unchecked) private var lastBlocked: UInt64 = 0

    /// The time for which the kernel has something to send, in nanoseconds: on a slow line, and on a fast one.
    private static let slowKernelTime: UInt64 = 5_000_000
    private static let fastKernelTime: UInt64 = 2_500_000
    /// The same if the kernel doesn't say when it has room, so that it still has something to send when a timer looks,
    /// which may be 17 ms late.
    private static let unwatchedKernelTime: UInt64 = 40_000_000
    /// At least two records with a packet each, so that there is one to send while the next one is made. In bytes.
    private static let leastUnsent = 3072
    /// The limit between slow and fast lines, in bytes: it is what a client that stalls gets late.
    static let slowUnsent = 32 * 1024
    /// The limit of the fastest lines, in bytes.
    private static let mostUnsent = 1 << 20
    /// The lowest limit while it isn't known what the line carries, in bytes.
    private static let firstUnsent = 8192
    /// The usual size of a large packet, in bytes.
    private static let packetSize: UInt64 = 1500

    init(stream: TCPStream, pool: BufferPool, delayLimit: UInt64) {
        self.stream = stream
        self.delayLimit = delayLimit
        self.queue = FairQueue(pool: pool)
        self.hasLimit = stream.setUnsentLimit(Self.slowUnsent)
    }

    deinit {
        self.timer?.cancel()
    }

    /// By what waiting packets are judged.
    var limits: DelayControl.Limits {
        let packetTime = self.rate > 0 ? Self.packetSize * Self.second / self.rate : 0
        return Self.limits(for: self.delayLimit, packetTime: packetTime)
    }

    /// Returns by what waiting packets are judged. A line that needs long for one packet gets more time. Above 100 ms,
    /// all times grow with the limit, so that bursts are kept that are over before it.
    ///
    /// - Parameters:
    ///   - delayLimit: How long packets may wait, in nanoseconds.
    ///   - packetTime: How long the line needs for a large packet, in nanoseconds.
    static func limits(for delayLimit: UInt64, packetTime: UInt64) -> DelayControl.Limits {
        let scale = max(delayLimit, 100_000_000)
        return DelayControl.Limits(
            target: max(scale / 10, 2 * packetTime),
            age: max(delayLimit, 8 * packetTime),
            interval: scale,
            patience: 3 * scale
        )
    }

    /// The longest time for which a frame of `byteCount` bytes may count as being sent, in nanoseconds: twice what the
    /// line needs, because its rate is an estimate, and 2 s at most. A client that reads nothing takes longer.
    func longestTime(for byteCount: Int) -> UInt64 {
        // What the kernel measures at first may be far too much.
        guard self.taken > 0 else { return 2 * Self.second }
        return min(2 * UInt64(byteCount) * Self.second / self.usableRate, 2 * Self.second)
    }

    /// What may be sent now.
    struct Room {
        /// In bytes.
        let byteCount: Int
        /// Whether a frame that is larger may be sent too: otherwise nothing would wake the sender.
        let exceeds: Bool
    }

    /// Asks the kernel how much it is to get now.
    func room() -> Room {
        if !self.queue.isEmpty { self.emptySince = 0 }
        guard let state = self.stream.sendingState else { return Room(byteCount: Self.slowUnsent, exceeds: true) }
        if state.deliveryRate > 0 { self.note(state.deliveryRate) }
        self.measure(state.acknowledgedByteCount)
        self.limitUnsent(to: Self.unsentLimit(at: self.usableRate, window: state.windowByteCount))
        let limit = self.hasLimit ? self.unsentLimit : max(self.unsentLimit, self.unwatchedLimit)
        return Room(byteCount: limit - state.unsentByteCount, exceeds: 2 * state.unsentByteCount < limit)
    }

    private var unwatchedLimit: Int {
        Int(min(self.usableRate, Self.fastest) * Self.unwatchedKernelTime / Self.second)
    }

    /// A client that reads slowly takes much at once, and then nothing: the line's rate says little then.
    private var usableRate: UInt64 {
        guard self.taken > 0 else { return self.rate }
        let taken = self.taken + self.taken / 4
        return self.rate > 0 ? min(self.rate, taken) : taken
    }

    private func measure(_ acknowledged: UInt64) {
        let now = self.stream.loop.now
        if self.measuredSince > 0 {
            let time = now &- self.measuredSince
            guard time >= Self.measuringTime else { return }
            self.taken = max((acknowledged &- self.acknowledged) * 1000 / (time / 1_000_000), 1)
        }
        self.measuredSince = now
        self.acknowledged = acknowledged
    }

    /// Notes that nothing waits: what the client takes from now on says nothing of what it could take.
    func noteEmpty(at now: UInt64) {
        self.measuredSince = 0
        if self.emptySince == 0 {
            self.emptySince = now
        } else if now &- self.emptySince > Self.restAfter {
            self.queue.rest()
        }
    }

    /// Longer than a large frame counts as being sent.
    private static let restAfter = 3 * second

    private static let measuringTime: UInt64 = 50_000_000

    /// What is measured after a stall includes it. So the rate falls slowly, by half in a second.
    private func note(_ sample: UInt64) {
        let now = self.stream.loop.now
        let passed = min(now &- self.lastSample, Self.second)
        self.lastSample = now
        self.rate = max(sample, self.rate - self.rate / 1000 * (passed / 2_000_000))
    }

    /// Returns how many bytes may wait in the kernel of a line that carries `rate` bytes a second. While that isn't known,
    /// as many as the kernel lets be on their way.
    static func unsentLimit(at rate: UInt64, window: Int) -> Int {
        guard rate > 0 else { return min(max(window, Self.firstUnsent), Self.mostUnsent) }
        let rate = min(rate, Self.fastest)
        let slow = min(Int(rate * Self.slowKernelTime / Self.second), Self.slowUnsent)
        let fast = min(Int(rate * Self.fastKernelTime / Self.second), Self.mostUnsent)
        return max(slow, fast, Self.leastUnsent)
    }

    /// Above all lines, in bytes per second.
    private static let fastest: UInt64 = 1_000_000_000

    private func limitUnsent(to byteCount: Int) {
        // Each change is a system call.
        guard abs(byteCount - self.unsentLimit) > self.unsentLimit / 4 else { return }
        self.unsentLimit = byteCount
        if self.hasLimit { self.stream.setUnsentLimit(byteCount) }
    }

    /// Has `resume` called when the kernel has room. The stream counts as blocked until then, if the kernel says so itself.
    func awaitRoom(_ resume: @escaping () -> Void) {
        guard !self.hasLimit else { return self.stream.awaitRoom() }
        let timer = self.timer ?? LoopTimer(on: self.stream.loop, action: resume)
        self.timer = timer
        timer.schedule(at: self.stream.loop.now + Self.pollInterval)
    }

    private static let pollInterval: UInt64 = 1_000_000

    func noteBlocked(at now: UInt64) { self.lastBlocked = now }

    /// Whether the line has kept up lately, and is fast: then nothing of this is needed.
    func isFast(at now: UInt64) -> Bool {
        self.queue.isEmpty && self.unsentLimit >= Self.slowUnsent && now &- self.lastBlocked > Self.doubt
    }

    private static let doubt: UInt64 = 250_000_000
    private static let second: UInt64 = 1_000_000_000
}
