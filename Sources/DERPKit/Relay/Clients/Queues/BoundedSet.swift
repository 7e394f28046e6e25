/// A set that forgets its oldest member when it would grow past its limit.
struct BoundedSet<Element: Hashable & Sendable>: Sendable {
    private let limit: Int
    private var members: Set<Element> = []
    /// The members by age. A ring once the limit is reached.
    private var order: [Element] = []
    private var oldest = 0

    /// Creates a set of at most `limit` members; at least 1.
    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { self.members.isEmpty }
    var count: Int { self.members.count }

    /// The members, the oldest first.
    var elements: [Element] { Array(self.order[self.oldest...] + self.order[..<self.oldest]) }

    func contains(_ element: Element) -> Bool { self.members.contains(element) }

    /// Inserts `element`. Returns whether it is new.
    @discardableResult
    mutating func insert(_ element: Element) -> Bool {
        guard self.members.insert(element).inserted else { return false }
        if self.order.count < self.limit {
            self.order.append(element)
        } else {
            self.members.remove(self.order[self.oldest])
            self.order[self.oldest] = element
            self.oldest = (self.oldest + 1) % self.limit
        }
        return true
    }

    /// Inserts all members of `other`, its oldest first.
    mutating func formUnion(_ other: Self) {
        guard !self.isEmpty else {
            self.members = other.members
            self.order = other.order
            self.oldest = other.oldest
            return
        }
        for element in other.elements { self.insert(element) }
    }
}
