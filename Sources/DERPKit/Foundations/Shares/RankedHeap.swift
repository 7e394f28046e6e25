/// Items by rank, with access to the highest. A binary heap that knows where its items are, so that a change costs the
/// logarithm of their number.
struct RankedHeap<Item: Hashable & Sendable, Rank: Comparable & Sendable>: Sendable {
    private var entries: [(item: Item, rank: Rank)] = []
    private var positions: [Item: Int] = [:]

    /// The item with the highest rank.
    var highest: Item? { self.entries.first?.item }

    /// Sets the rank of `item`; `nil` removes it.
    mutating func set(_ item: Item, to rank: Rank?) {
        guard let position = self.positions[item] else {
            guard let rank else { return }
            self.entries.append((item, rank))
            self.rise(from: self.entries.count - 1)
            return
        }
        guard let rank else { return self.remove(at: position) }
        self.entries[position].rank = rank
        self.settle(at: position)
    }

    private mutating func remove(at position: Int) {
        self.positions[self.entries[position].item] = nil
        let last = self.entries.removeLast()
        guard position < self.entries.count else { return }
        self.entries[position] = last
        self.settle(at: position)
    }

    private mutating func settle(at position: Int) {
        let item = self.entries[position].item
        self.rise(from: position)
        if let position = self.positions[item] { self.sink(from: position) }
    }

    private mutating func rise(from position: Int) {
        let entry = self.entries[position]
        var position = position
        while position > 0 {
            let parent = (position - 1) / 2
            guard self.entries[parent].rank < entry.rank else { break }
            self.put(self.entries[parent], at: position)
            position = parent
        }
        self.put(entry, at: position)
    }

    private mutating func sink(from position: Int) {
        let entry = self.entries[position]
        var position = position
        while true {
            var child = 2 * position + 1
            guard child < self.entries.count else { break }
            if child + 1 < self.entries.count, self.entries[child].rank < self.entries[child + 1].rank { child += 1 }
            guard entry.rank < self.entries[child].rank else { break }
            self.put(self.entries[child], at: position)
            position = child
        }
        self.put(entry, at: position)
    }

    private mutating func put(_ entry: (item: Item, rank: Rank), at position: Int) {
        self.entries[position] = entry
        self.positions[entry.item] = position
    }
}
