import Glibc

/// Decides which packets of one sender have waited too long: CoDel (RFC 8289), and more than that for senders that
/// don't react.
///
/// CoDel drops few packets at first, because a TCP connection in the tunnel slows down when it loses one. A sender that
/// doesn't slow down would keep the queue long for many seconds. So after ``Limits/patience``, whatever has waited for longer
/// than the target is dropped, for as long as that is necessary.
struct DelayControl {
    /// The times by which waiting packets are judged, in nanoseconds.
    struct Limits {
        /// How long packets may wait all the time. CoDel's 5 ms are less than one packet on a slow line.
        var target: UInt64
        /// How long they may wait whatever happens.
        var age: UInt64
        /// In RFC 8289, the longest usual round trip.
        var interval: UInt64 = 100_000_000
        /// How long a sender may take to react.
        var patience: UInt64 = 300_000_000
    }

    /// The head was above the target since this time, plus ``Limits/interval``. 0: it isn't.
    private var firstAbove: UInt64 = 0
    private var isDropping = false
    private var droppingSince: UInt64 = 0
    private var nextDrop: UInt64 = 0
    private var count = 0
    private var lastCount = 0
    /// Until when the sender counts as one that doesn't react.
    private var deafUntil: UInt64 = 0

    /// Returns whether the oldest packet is to be dropped.
    ///
    /// - Parameters:
    ///   - wait: How long it has waited.
    ///   - isLast: Whether no other packet of the sender waits. Such a packet isn't dropped before its age limit.
    mutating func drops(after wait: UInt64, isLast: Bool, now: UInt64, limits: Limits) -> Bool {
        if wait > limits.age { return true }
        guard wait > limits.target, !isLast else {
            self.firstAbove = 0
            self.isDropping = false
            return false
        }
        if now < self.deafUntil {
            self.deafUntil = now + limits.interval
            return true
        }
        if self.firstAbove == 0 { self.firstAbove = now + limits.interval }
        guard now >= self.firstAbove else { return false }
        guard self.isDropping else {
            self.startDropping(at: now, limits)
            return true
        }
        if now - self.droppingSince > limits.patience {
            self.deafUntil = now + limits.interval
            return true
        }
        guard now >= self.nextDrop else { return false }
        self.count += 1
        self.nextDrop += self.gap(limits)
        return true
    }

    private mutating func startDropping(at now: UInt64, _ limits: Limits) {
        // As often as when it last stopped, if that is not long ago.
        let dropped = self.count - self.lastCount
        let isRecent = now < self.nextDrop + 16 * limits.interval
        self.count = dropped > 1 && isRecent ? dropped : 1
        self.lastCount = self.count
        self.isDropping = true
        self.droppingSince = now
        self.nextDrop = now + self.gap(limits)
    }

    private func gap(_ limits: Limits) -> UInt64 { UInt64(Double(limits.interval) / Double(self.count).squareRoot()) }
}
