import AsyncSockets
import Synchronization

/// What all loops share about the clients that are refused: the places, how long they are held, and what would let them in.
final class RefusalPool: Sendable {
    private let places: Mutex<RefusalPlaces>
    private let holdTime: Duration
    private let lists: KeyLists?
    private let gate: ConnectionGate
    /// How many are let go at a time, of each loop's, when descriptors are short.
    static let step = 16

    /// - Parameters:
    ///   - lists: those by which clients are refused.
    ///   - gate: tells when a client more may come in.
    init(_ limits: ConnectionLimits, lists: KeyLists?, gate: ConnectionGate) {
        self.places = Mutex(RefusalPlaces(limit: limits.refusedHoldTime > .zero ? limits.refused : 0))
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

    /// Returns whether anybody is held.
    @discardableResult
    func noteShortage(now: UInt64) -> Bool {
        self.places.withLock { places in
            places.noteShortage(now: now)
            return places.count > 0
        }
    }

    /// For how many nanoseconds a client is held: at random, so that those who came together don't come back together. Not so
    /// long when nobody could be asked: it may well be a member.
    func drawTime(_ cause: ClientRefusal.Cause) -> UInt64 {
        (self.holdTime * Double.random(in: cause == .undecided ? 0.3...0.5 : 0.3...1)).nanoseconds
    }

    /// Whether the lists still refuse `key`.
    func isListed(_ key: NodePublicKey) -> Bool {
        self.lists?.decision(on: key).isAllowed == false
    }

    /// Whether one of those who wait for a place may come for one.
    func offerPlace(now: UInt64) -> Bool {
        self.gate.offerPlace(now: now)
    }
}
