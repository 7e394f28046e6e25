import IPAddresses

/// The places for held clients. The total is limited, and a quarter of it is the limit for one address, so that nobody
/// takes all places alone. Pure.
///
/// A client that finds no place is closed without being told, which is what derper does with every client: a stock
/// client that has been told nothing backs off, up to 5 s. Making room instead would be worse for everybody: a client
/// that gives way has been told, so it comes back at once, and takes the next one's place.
struct RefusalPlaces {
    private let limit: Int
    private let addressLimit: Int
    private(set) var count = 0
    private var perAddress: [IPAddress: Int] = [:]
    /// Until then, nobody is held, because others need the descriptors. In nanoseconds on the loops' clock.
    private var closedUntil: UInt64 = 0

    /// Creates the places.
    ///
    /// - Parameter limit: The number of places; 0 or more.
    init(limit: Int) {
        self.limit = limit
        self.addressLimit = max(limit / 4, 1)
    }

    /// Takes a place for a connection from `address`. Returns `false` when it can't have one.
    ///
    /// - Parameter now: The time in nanoseconds on a loop's clock.
    mutating func take(_ address: IPAddress, now: UInt64) -> Bool {
        let block = address.block
        let taken = self.perAddress[block, default: 0]
        guard now >= self.closedUntil, self.count < self.limit, taken < self.addressLimit else { return false }
        self.count += 1
        self.perAddress[block] = taken + 1
        return true
    }

    /// Gives back the place of a connection from `address`.
    mutating func giveBack(_ address: IPAddress) {
        let block = address.block
        guard let taken = self.perAddress[block] else { return }
        self.count -= 1
        self.perAddress[block] = taken > 1 ? taken - 1 : nil
    }

    /// Notes that descriptors were short at `now`, so that nobody is held for a while. Clients that give way then come
    /// back at once, and would be held again.
    mutating func noteShortage(now: UInt64) {
        self.closedUntil = now + Self.recovery
    }

    private static let recovery: UInt64 = 30_000_000_000
}
