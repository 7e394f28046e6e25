import AsyncSockets
import CHeap
import DERPKit

/// How much the process had at the least, and when it is to be looked through again.
struct MemoryWatch {
    private let probe = MemoryProbe()
    private var least: Int?
    /// The least that the heap has had free since it was looked through: of what is free now, only what is above that can be
    /// there to be given back.
    private var leastFree = 0
    /// How many looks are passed over after one that found little to give back: what is there is in use.
    private var pause = 0
    private var next = 1

    private static let longestPause = 8

    /// Gives back what nobody uses, when the process has more than `slack` bytes above the least that it had.
    ///
    /// Who allocates in the same heap waits meanwhile: 18 ms for 117 MB that 8,192 connections left, measured on a busy
    /// machine, and 0.1 ms where there is nothing to give.
    ///
    /// - Parameter trimEnds: does what has to be done on threads that have heaps of their own.
    mutating func look(slack: Int, trimEnds: () async -> Void = {}) async {
        guard let resident = self.probe.residentByteCount else { return }
        guard let least = self.least, resident > least + slack else {
            self.least = min(self.least ?? .max, resident)
            (self.pause, self.next) = (0, 1)
            return
        }
        let free = ProcessResources.freeByteCount
        self.leastFree = min(self.leastFree, free)
        // What was freed meanwhile ends a pause: a crowd that has left is not to be waited for as one that stays.
        guard self.pause == 0 || free > self.leastFree + slack else {
            self.pause -= 1
            return
        }
        cheap_begin_trim()
        await trimEnds()
        cheap_trim()
        self.leastFree = ProcessResources.freeByteCount
        let after = self.probe.residentByteCount ?? resident
        self.next = after > resident - slack ? min(self.next * 2, Self.longestPause) : 1
        self.pause = self.next - 1
        self.least = min(least, after)
    }
}
