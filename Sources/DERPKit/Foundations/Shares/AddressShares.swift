import IPAddresses

/// How much of what strangers share each address uses: places, and the bytes that are held for them. Says who must make
/// room if there is none. Pure. Every operation costs the logarithm of the number of addresses.
struct AddressShares<Occupant: Sendable>: Sendable {
    /// Names a place for as long as it is taken, and never names another one.
    typealias ID = UInt64

    /// The holder for which a place counts.
    private enum Holder: Hashable {
        /// An address, or the network of one subscriber (``AsyncSockets/IPAddress/block``).
        case block(IPAddress)
        /// Only itself: it isn't known whose place it is.
        case place(ID)
    }

    private struct Place {
        let occupant: Occupant
        var holder: Holder
        /// Increases from place to place in the order in which holders took them.
        var order: UInt64
        var byteCount = 0
        var older: ID?
        var newer: ID?
    }

    private struct Share {
        var count = 0
        var byteCount = 0
        var oldest: ID?
        var newest: ID?
        /// The holder's places that hold bytes, by their number.
        var sizes = RankedHeap<ID, Rank>()
    }

    /// Of equals, the one that has been there longer comes first.
    private struct Rank: Comparable {
        let amount: Int
        let order: UInt64

        static func < (left: Self, right: Self) -> Bool {
            left.amount == right.amount ? left.order > right.order : left.amount < right.amount
        }
    }

    private var places: [ID: Place] = [:]
    private var shares: [Holder: Share] = [:]
    private var byCount = RankedHeap<Holder, Rank>()
    private var byBytes = RankedHeap<Holder, Rank>()
    private var lastID: ID = 0
    private var lastOrder: UInt64 = 0
    private(set) var byteCount = 0

    var count: Int { self.places.count }

    /// Returns who has the place, or `nil` if it isn't taken.
    func occupant(of id: ID) -> Occupant? { self.places[id]?.occupant }

    /// Returns how many places count for `block`.
    func count(of block: IPAddress) -> Int { self.shares[.block(block)]?.count ?? 0 }

    /// Returns how many places the holder of this one has.
    func shareCount(of id: ID) -> Int { self.places[id].flatMap { self.shares[$0.holder]?.count } ?? 0 }

    /// The oldest place of the holder that has most places, and how many it has.
    var greediest: (id: ID, count: Int)? {
        guard let holder = self.byCount.highest, let share = self.shares[holder], let id = share.oldest else {
            return nil
        }
        return (id, share.count)
    }

    /// The place with most bytes of the holder that holds most in all.
    ///
    /// Not its oldest place: that may hold next to nothing, so that many would have to go, and it may belong to
    /// somebody behind the same address who does nothing wrong.
    var heaviest: ID? { self.byBytes.highest.flatMap { self.shares[$0]?.sizes.highest } }

    /// Takes a place.
    ///
    /// - Parameter block: The block for which the place counts; `nil` if it counts for itself, because nobody knows
    ///   whose it is.
    mutating func enter(_ occupant: Occupant, of block: IPAddress?) -> ID {
        self.lastID += 1
        let id = self.lastID
        let holder = block.map(Holder.block) ?? .place(id)
        self.places[id] = Place(occupant: occupant, holder: holder, order: 0)
        self.add(id, to: holder)
        return id
    }

    /// Gives back a place. Returns who had it, or `nil` if it was given back before.
    @discardableResult
    mutating func leave(_ id: ID) -> Occupant? {
        guard let place = self.places[id] else { return nil }
        self.hold(0, at: id)
        self.detach(id)
        self.places[id] = nil
        return place.occupant
    }

    /// Makes a place count for `block`, as its newest place; `nil` makes it count for itself.
    mutating func move(_ id: ID, to block: IPAddress?) {
        guard let place = self.places[id] else { return }
        let holder = block.map(Holder.block) ?? .place(id)
        guard holder != place.holder else { return }
        self.hold(0, at: id)
        self.detach(id)
        self.add(id, to: holder)
        self.hold(place.byteCount, at: id)
    }

    /// Records how many bytes are held at a place. Returns the previous number, or `nil` if the place isn't taken.
    @discardableResult
    mutating func hold(_ byteCount: Int, at id: ID) -> Int? {
        guard let place = self.places[id] else { return nil }
        guard byteCount != place.byteCount else { return byteCount }
        let difference = byteCount - place.byteCount
        self.byteCount += difference
        self.places[id]?.byteCount = byteCount
        self.shares[place.holder]?.byteCount += difference
        self.shares[place.holder]?.sizes.set(
            id,
            to: byteCount > 0 ? Rank(amount: byteCount, order: place.order) : nil
        )
        self.rank(place.holder)
        return place.byteCount
    }

    private mutating func add(_ id: ID, to holder: Holder) {
        self.lastOrder += 1
        let newest = self.shares[holder]?.newest
        self.places[id]?.holder = holder
        self.places[id]?.order = self.lastOrder
        self.places[id]?.older = newest
        self.places[id]?.newer = nil
        if let newest { self.places[newest]?.newer = id }
        self.shares[holder, default: Share()].count += 1
        self.shares[holder]?.newest = id
        if newest == nil { self.shares[holder]?.oldest = id }
        self.rank(holder)
    }

    private mutating func detach(_ id: ID) {
        guard let place = self.places[id] else { return }
        if let older = place.older { self.places[older]?.newer = place.newer }
        if let newer = place.newer { self.places[newer]?.older = place.older }
        if place.older == nil { self.shares[place.holder]?.oldest = place.newer }
        if place.newer == nil { self.shares[place.holder]?.newest = place.older }
        self.shares[place.holder]?.count -= 1
        self.rank(place.holder)
    }

    /// Moves `holder` to its current rank, or removes it.
    private mutating func rank(_ holder: Holder) {
        guard let share = self.shares[holder], let oldest = share.oldest else {
            self.shares[holder] = nil
            self.byCount.set(holder, to: nil)
            self.byBytes.set(holder, to: nil)
            return
        }
        let order = self.places[oldest]?.order ?? 0
        self.byCount.set(holder, to: Rank(amount: share.count, order: order))
        self.byBytes.set(holder, to: share.byteCount > 0 ? Rank(amount: share.byteCount, order: order) : nil)
    }
}
