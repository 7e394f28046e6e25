/// Values in the order in which they were last named. Every operation takes amortized constant time.
struct RecencyMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var values: [Key: (value: Value, stamp: UInt64)] = [:]
    /// Every naming. Only the last one of a key counts.
    private var namings: [(key: Key, stamp: UInt64)] = []
    private var stamp: UInt64 = 0

    var isEmpty: Bool { self.values.isEmpty }
    var count: Int { self.values.count }
    var keys: some Collection<Key> { self.values.keys }

    subscript(_ key: Key) -> Value? { self.values[key]?.value }

    /// Sets the value of `key`, which becomes the last one.
    mutating func append(_ value: Value, for key: Key) {
        self.stamp += 1
        self.values[key] = (value, self.stamp)
        self.namings.append((key, self.stamp))
        // Outdated namings are removed when they are the majority.
        guard self.namings.count > 2 * self.values.count + 8 else { return }
        let values = self.values
        self.namings.removeAll { values[$0.key]?.stamp != $0.stamp }
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        let value = self.values.removeValue(forKey: key)?.value
        if self.values.isEmpty { self.namings = [] }
        return value
    }

    /// Removes and returns the value that was named last.
    mutating func popLast() -> Value? {
        while let (key, stamp) = self.namings.popLast() {
            if self.values[key]?.stamp == stamp { return self.remove(key) }
        }
        return nil
    }
}
