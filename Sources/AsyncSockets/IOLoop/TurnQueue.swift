/// The turns that wait until their loop has time, first come, first served.
struct TurnQueue {
    enum Turn {
        case job(UnownedJob, BudgetedExecutor)
        case handler(any BudgetedHandler)
    }

    private var turns: [Turn] = []
    /// The number of ``turns`` that have been taken.
    private var taken = 0
    /// The number of ``turns``, from the first on, that have been counted as delayed.
    private var delayed = 0

    var isEmpty: Bool { self.taken == self.turns.count }
    var count: Int { self.turns.count - self.taken }

    mutating func append(_ turn: Turn) {
        self.turns.append(turn)
    }

    mutating func popFirst() -> Turn? {
        guard !self.isEmpty else { return nil }
        let turn = self.turns[self.taken]
        self.taken += 1
        // Taken turns are removed when they are most of the array, so that each turn is moved about once.
        if self.taken == self.turns.count || self.taken >= 1024 && 2 * self.taken > self.turns.count {
            self.turns.removeFirst(self.taken)
            self.delayed = max(self.delayed - self.taken, 0)
            self.taken = 0
        }
        return turn
    }

    /// Records that all turns in the queue have to wait. Returns how many of them weren't waiting before.
    mutating func delayAll() -> Int {
        let count = self.turns.count - max(self.delayed, self.taken)
        self.delayed = self.turns.count
        return count
    }
}
