/// A hashed timer wheel. Scheduling and cancelling cost the same, however many timers there are.
///
/// Timers fire up to one step (16.8 ms) late, never early. Confined to the loop.
package final class TimerWheel {
    private static let stepShift: UInt64 = 24
    private static let slotCount = 1024

    @exclusivity(unchecked) private var slots: [[LoopTimer]] = Array(repeating: [], count: slotCount)
    /// One bit per slot: whether it has a timer.
    @exclusivity(unchecked) private var occupied: [UInt64] = Array(repeating: 0, count: slotCount / 64)
    /// The last step that was visited.
    @exclusivity(unchecked) private var current: UInt64

    init(now: UInt64) {
        self.current = now >> Self.stepShift
    }

    /// Returns the first step that begins at or after `deadline` and that hasn't been visited yet.
    private func step(for deadline: UInt64) -> UInt64 {
        max((deadline + (1 << Self.stepShift) - 1) >> Self.stepShift, self.current + 1)
    }

    func insert(_ timer: LoopTimer) {
        let slot = Int(self.step(for: timer.deadline) % UInt64(Self.slotCount))
        timer.slot = slot
        timer.position = self.slots[slot].count
        self.slots[slot].append(timer)
        self.occupied[slot / 64] |= 1 << UInt64(slot % 64)
    }

    func remove(_ timer: LoopTimer) {
        let slot = timer.slot
        guard slot >= 0 else { return }
        timer.slot = -1
        let last = self.slots[slot].removeLast()
        if last !== timer {
            self.slots[slot][timer.position] = last
            last.position = timer.position
        }
        if self.slots[slot].isEmpty {
            self.slots[slot] = []
            self.occupied[slot / 64] &= ~(1 << UInt64(slot % 64))
        }
    }

    /// Whether no timer is scheduled.
    var isEmpty: Bool { self.occupied.allSatisfy { $0 == 0 } }

    /// Fires every timer whose deadline has passed.
    func advance(to now: UInt64) {
        let target = now >> Self.stepShift
        guard target > self.current else { return }
        // A sleep longer than a turn of the wheel visits each slot once.
        let first = max(self.current + 1, target >= UInt64(Self.slotCount) ? target - UInt64(Self.slotCount) + 1 : 0)
        self.current = target
        for step in first...target {
            let slot = Int(step % UInt64(Self.slotCount))
            guard !self.slots[slot].isEmpty else { continue }
            for timer in self.slots[slot] where timer.deadline <= now && timer.slot == slot {
                self.remove(timer)
                timer.fire()
            }
        }
    }

    /// Returns how long a loop with nothing else to do may sleep; -1 means forever.
    func millisecondsUntilNext(now: UInt64) -> Int32 {
        guard let distance = self.stepsUntilOccupied() else { return -1 }
        let wake = (self.current + UInt64(distance)) << Self.stepShift
        return wake <= now ? 0 : Int32((wake - now) / 1_000_000 + 1)
    }

    private func stepsUntilOccupied() -> Int? {
        let start = Int((self.current + 1) % UInt64(Self.slotCount))
        // One word more than the wheel has: the first word is visited from its middle, and its beginning last.
        for turn in 0...self.occupied.count {
            let word = (start / 64 + turn) % self.occupied.count
            var bits = self.occupied[word]
            if turn == 0 { bits &= ~0 << UInt64(start % 64) }
            if bits != 0 {
                let slot = word * 64 + bits.trailingZeroBitCount
                return (slot - start + Self.slotCount) % Self.slotCount + 1
            }
        }
        return nil
    }
}
