/// A set that forgets its oldest member when it would grow past its limit.
struct BoundedSet<Element: Hashable & Sendable>: Sendable {
    private let limit: Int
    private var members: Set<Element> = []
    /// Members in order of age, as a ring once the limit is reached.
    private var order: [Element] = []
    private var oldest = 0

    /// A set of at most `limit` members, at least 1.
    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { self.members.isEmpty }
    var count: Int { self.members.count }

    /// The members, the oldest first.
    var elements: [Element] { Array(self.order[self.oldest...] + self.order[..<self.oldest]) }

    func contains(_ element: Element) -> Bool { self.members.contains(element) }

    /// Whether `element` is new.
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

    /// Adds all of `other`, its oldest first.
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
