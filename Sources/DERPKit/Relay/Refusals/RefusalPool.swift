import AsyncSockets

/// What all loops share about refused clients: the places, how long clients are held, and what would let them in.
final class RefusalPool: Sendable {
    private let places: Lock<RefusalPlaces>
    private let holdTime: Duration
    private let lists: KeyLists?
    private let gate: ConnectionGate
    /// The number of clients that each loop lets go at a time when descriptors are short.
    static let step = 16

    /// Creates a pool.
    ///
    /// - Parameters:
    ///   - lists: The key lists by which clients are refused.
    ///   - gate: Tells when there is a place for one more client.
    init(_ limits: ConnectionLimits, lists: KeyLists?, gate: ConnectionGate) {
        self.places = Lock(RefusalPlaces(limit: limits.refusedHoldTime > .zero ? limits.refused : 0))
        self.holdTime = limits.refusedHoldTime
        self.lists = lists
        self.gate = gate
    }

    func take(_ address: IPAddress, now: UInt64) -> Bool {
        self.places.withLock { $0.take(address, now: now) }
    }

    func giveBack(_ address: IPAddress) {
        self.places.withLock { $0.giveBack(address) }
    }

    /// Notes that descriptors were short at `now`. Returns whether any client is held.
    @discardableResult
    func noteShortage(now: UInt64) -> Bool {
        self.places.withLock { places in
            places.noteShortage(now: now)
            return places.count > 0
        }
    }

    /// Draws how long a client is held, in nanoseconds. The time is random, so that clients that came together don't
    /// come back together. It is shorter when nobody could be asked, because the client may well be a member.
    func drawTime(_ cause: ClientRefusal.Cause) -> UInt64 {
        (self.holdTime * Double.random(in: cause == .undecided ? 0.3...0.5 : 0.3...1)).nanoseconds
    }

    /// Returns whether the lists still refuse `key`.
    func isListed(_ key: NodePublicKey) -> Bool {
        self.lists?.decision(on: key).isAllowed == false
    }

    /// Returns whether one of the clients that wait for a place may come back now.
    func offerPlace(now: UInt64) -> Bool {
        self.gate.offerPlace(now: now)
    }
}
