import AsyncSockets
import CHeap
import DERPKit

/// When the heap is to be looked through for what nobody uses.
struct MemoryWatch {
    /// What the process has, in bytes.
    struct Reading {
        /// Its resident memory.
        var resident: Int
        /// What its heaps have free.
        var free: Int
    }

    /// How much more the process may have than it had at the least, in bytes.
    let slack: Int
    private var least: Int?
    /// The least that the heap has had free since it was looked through: of what is free now, only what is above that can be
    /// there to be given back.
    private var leastFree = 0
    /// How many looks are passed over after one that found little to give back: what is there is in use.
    private var pause = 0
    private var next = 1

    private static let longestPause = 8

    init(slack: Int = 4 * 1024 * 1024) {
        self.slack = slack
    }

    /// Whether something may be there to be given back.
    mutating func isDue(_ now: Reading) -> Bool {
        guard let least = self.least, now.resident > least + self.slack else {
            self.least = min(self.least ?? .max, now.resident)
            (self.pause, self.next) = (0, 1)
            return false
        }
        self.leastFree = min(self.leastFree, now.free)
        // What was freed meanwhile ends a pause: a crowd that has left is not to be waited for as one that stays.
        guard self.pause == 0 || now.free > self.leastFree + self.slack else {
            self.pause -= 1
            return false
        }
        return true
    }

    /// Notes that the heap was looked through, and what there was before and is now.
    mutating func trimmed(_ before: Reading, _ now: Reading) {
        self.leastFree = now.free
        self.next = now.resident > before.resident - self.slack ? min(self.next * 2, Self.longestPause) : 1
        self.pause = self.next - 1
        self.least = min(self.least ?? .max, now.resident)
    }
}

extension MemoryWatch.Reading {
    /// - Returns: `nil` where it isn't told.
    init?(_ probe: MemoryProbe) {
        guard let resident = probe.residentByteCount else { return nil }
        self.init(resident: resident, free: ProcessResources.freeByteCount)
    }
}
