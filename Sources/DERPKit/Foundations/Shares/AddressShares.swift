import AsyncSockets

/// Who takes up how much of what strangers share, by address: places, and the bytes that are held for them. Tells who is to
/// make room when there is none. Pure; every operation costs the logarithm of the number of addresses.
struct AddressShares<Occupant: Sendable>: Sendable {
    /// Names a place for as long as it is taken, and never another one.
    typealias ID = UInt64

    /// Whom a place is counted for.
    private enum Holder: Hashable {
        /// An address, or the network of one subscriber (``AsyncSockets/IPAddress/block``).
        case block(IPAddress)
        /// Nobody else: it isn't known whose it is.
        case place(ID)
    }

    private struct Place {
        let occupant: Occupant
        var holder: Holder
        /// Grows from place to place in the order in which holders took them.
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
        /// Its places that hold bytes, by how many.
        var sizes = RankedHeap<ID, Rank>()
    }

    /// Of equals the one that has been there for longer comes first.
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

    /// Who has the place; `nil` when it isn't taken.
    func occupant(of id: ID) -> Occupant? { self.places[id]?.occupant }

    /// How many places count for `block`.
    func count(of block: IPAddress) -> Int { self.shares[.block(block)]?.count ?? 0 }

    /// How many places the holder of this one has.
    func shareCount(of id: ID) -> Int { self.places[id].flatMap { self.shares[$0.holder]?.count } ?? 0 }

    /// The oldest place of who has most places, and how many these are.
    var greediest: (id: ID, count: Int)? {
        guard let holder = self.byCount.highest, let share = self.shares[holder], let id = share.oldest else {
            return nil
        }
        return (id, share.count)
    }

    /// The place that holds most bytes of who holds most in all.
    ///
    /// Not his oldest: it may hold next to nothing, so that many would have to go, and be of somebody who does nothing wrong
    /// behind the same address.
    var heaviest: ID? { self.byBytes.highest.flatMap { self.shares[$0]?.sizes.highest } }

    /// Takes a place.
    ///
    /// - Parameter block: for whom it counts; `nil`: for itself, because nobody knows whose it is.
    mutating func enter(_ occupant: Occupant, of block: IPAddress?) -> ID {
        self.lastID += 1
        let id = self.lastID
        let holder = block.map(Holder.block) ?? .place(id)
        self.places[id] = Place(occupant: occupant, holder: holder, order: 0)
        self.add(id, to: holder)
        return id
    }

    /// Gives a place back. Returns who had it; `nil` when it was given back before.
    @discardableResult
    mutating func leave(_ id: ID) -> Occupant? {
        guard let place = self.places[id] else { return nil }
        self.hold(0, at: id)
        self.detach(id)
        self.places[id] = nil
        return place.occupant
    }

    /// Has a place count for `block`, as its newest; `nil`: for itself.
    mutating func move(_ id: ID, to block: IPAddress?) {
        guard let place = self.places[id] else { return }
        let holder = block.map(Holder.block) ?? .place(id)
        guard holder != place.holder else { return }
        self.hold(0, at: id)
        self.detach(id)
        self.add(id, to: holder)
        self.hold(place.byteCount, at: id)
    }

    /// Notes how many bytes are held at a place. Returns how many they were before; `nil` when it isn't taken.
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

    /// Puts `holder` where it belongs now, or forgets it.
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
