/// Those who have more to do after others have had their turn, first come, first served. Confined to its loop.
struct WaitingLine {
    private var waiters: [UnsafeContinuation<Void, Never>] = []
    /// The number of ``waiters`` that have continued.
    private var gone = 0

    var isEmpty: Bool { self.waiters.isEmpty }
    var count: Int { self.waiters.count - self.gone }

    mutating func append(_ waiter: UnsafeContinuation<Void, Never>) {
        self.waiters.append(waiter)
    }

    mutating func popFirst() -> UnsafeContinuation<Void, Never>? {
        guard self.gone < self.waiters.count else { return nil }
        let waiter = self.waiters[self.gone]
        self.gone += 1
        // Waiters that have continued are removed when they are the majority, so that each is moved about once.
        if self.gone == self.waiters.count || self.gone >= 1024 && 2 * self.gone > self.waiters.count {
            self.waiters.removeFirst(self.gone)
            self.gone = 0
        }
        return waiter
    }
}
