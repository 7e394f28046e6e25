import AsyncSockets
import CDERPHeap
import DERPKit

/// Decides when to search the heap for unused memory.
struct MemoryWatch {
    /// The memory of the process, in bytes.
    struct Reading {
        /// Its resident memory.
        var resident: Int
        /// The free memory in its heaps.
        var free: Int
    }

    /// How many bytes more than its minimum the process may have.
    let slack: Int
    private var least: Int?
    /// The least free memory in the heap since the last search. Only what is free above that can be given back.
    private var leastFree = 0
    /// How many searches to skip after one that found little, because the memory is in use.
    private var pause = 0
    private var next = 1

    private static let longestPause = 8

    init(slack: Int = 4 * 1024 * 1024) {
        self.slack = slack
    }

    /// Whether there may be memory to give back.
    mutating func isDue(_ now: Reading) -> Bool {
        guard let least = self.least, now.resident > least + self.slack else {
            self.least = min(self.least ?? .max, now.resident)
            (self.pause, self.next) = (0, 1)
            return false
        }
        self.leastFree = min(self.leastFree, now.free)
        // Memory freed meanwhile ends a pause: the crowd has left.
        guard self.pause == 0 || now.free > self.leastFree + self.slack else {
            self.pause -= 1
            return false
        }
        return true
    }

    /// Notes a search, with the memory before and after.
    mutating func trimmed(_ before: Reading, _ now: Reading) {
        self.leastFree = now.free
        self.next = now.resident > before.resident - self.slack ? min(self.next * 2, Self.longestPause) : 1
        self.pause = self.next - 1
        self.least = min(self.least ?? .max, now.resident)
    }
}

extension MemoryWatch.Reading {
    /// - Returns: `nil` where the system doesn't say.
    init?(_ probe: MemoryProbe) {
        guard let resident = probe.residentByteCount else { return nil }
        self.init(resident: resident, free: ProcessResources.freeByteCount)
    }
}
