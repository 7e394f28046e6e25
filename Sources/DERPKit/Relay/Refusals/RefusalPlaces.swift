import AsyncSockets

/// Who may be held: so many in all, and a quarter of them from one address, so that nobody fills the places alone. Pure.
///
/// Who finds no place is closed without a word, as derper closes everybody: a stock client that has been told nothing backs
/// off, up to 5 s. To make room instead would be worse for all: who gives way has been told, so comes back at once, and takes
/// the next one's place.
struct RefusalPlaces {
    private let limit: Int
    private let addressLimit: Int
    private(set) var count = 0
    private var perAddress: [IPAddress: Int] = [:]
    /// Until when nobody is held, because others need the descriptors; in nanoseconds on the loops' clock.
    private var closedUntil: UInt64 = 0

    /// - Parameter limit: how many there are; 0 or more.
    init(limit: Int) {
        self.limit = limit
        self.addressLimit = max(limit / 4, 1)
    }

    /// Takes a place for a connection from `address`; false when it can't have one.
    ///
    /// - Parameter now: in nanoseconds on a loop's clock.
    mutating func take(_ address: IPAddress, now: UInt64) -> Bool {
        let block = address.block
        let taken = self.perAddress[block, default: 0]
        guard now >= self.closedUntil, self.count < self.limit, taken < self.addressLimit else { return false }
        self.count += 1
        self.perAddress[block] = taken + 1
        return true
    }

    /// Gives the place of a connection from `address` back.
    mutating func giveBack(_ address: IPAddress) {
        let block = address.block
        guard let taken = self.perAddress[block] else { return }
        self.count -= 1
        self.perAddress[block] = taken > 1 ? taken - 1 : nil
    }

    /// Takes note that descriptors were short at `now`. Those who give way then would come back at once, and be held again.
    mutating func noteShortage(now: UInt64) {
        self.closedUntil = now + Self.recovery
    }

    private static let recovery: UInt64 = 30_000_000_000
}
