/// The keys that only one other node is known to have, and the link to that node. Kept as small as possible, because a
/// node may tell of very many keys: 80 bytes each on average.
///
/// Divided into parts, so that no change takes long: growing a single table of a million keys would block its loop for
/// 100 ms. Parts that have become empty give their memory back.
struct RemoteKeys {
    private var parts: [[NodePublicKey: ClientID]] = Array(repeating: [:], count: Self.partCount)
    private(set) var count = 0

    /// A power of two. With the maximum number of keys of a link, a part has 1,024 keys, and its table grows within 0.1
    /// ms.
    static let partCount = 256

    /// Returns the part of a key. Seeded, because strangers choose the keys.
    private static func part(of key: NodePublicKey) -> Int { key.hashValue & (Self.partCount - 1) }

    /// The link to the node that has the key.
    subscript(_ key: NodePublicKey) -> ClientID? {
        // Most relays have no mesh.
        self.count == 0 ? nil : self.parts[Self.part(of: key)][key]
    }

    mutating func set(_ key: NodePublicKey, over link: ClientID) {
        if self.parts[Self.part(of: key)].updateValue(link, forKey: key) == nil { self.count += 1 }
    }

    /// Forgets a key. Returns the link to the node that had it.
    @discardableResult
    mutating func remove(_ key: NodePublicKey) -> ClientID? {
        guard self.count > 0 else { return nil }
        let part = Self.part(of: key)
        guard let link = self.parts[part].removeValue(forKey: key) else { return nil }
        self.removed(1, from: part)
        return link
    }

    /// Forgets the keys of one part to which `link` leads, and returns them.
    mutating func removeAll(over link: ClientID, inPart part: Int) -> [NodePublicKey] {
        let keys = self.parts[part].filter { $0.value == link }.map(\.key)
        for key in keys { self.parts[part][key] = nil }
        self.removed(keys.count, from: part)
        return keys
    }

    private mutating func removed(_ count: Int, from part: Int) {
        self.count -= count
        let (left, capacity) = (self.parts[part].count, self.parts[part].capacity)
        // A dictionary keeps its memory when it is emptied.
        guard capacity > Self.smallCapacity, left < capacity / 4 else { return }
        var smaller: [NodePublicKey: ClientID] = [:]
        smaller.reserveCapacity(left)
        for (key, link) in self.parts[part] { smaller[key] = link }
        self.parts[part] = smaller
    }

    private static let smallCapacity = 16
}
