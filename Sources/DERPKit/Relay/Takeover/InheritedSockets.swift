import AsyncSockets
import Synchronization

/// The sockets that a relay listens with, on their way to its successor. What nobody takes is closed.
final class InheritedSockets: Sendable {
    /// What a socket is for, and the address that was asked for.
    struct Place: Hashable, Sendable {
        let role: TakeoverRole
        let address: IPEndpoint
    }

    private let sockets = Mutex<[Place: [OwnedDescriptor]]>([:])

    /// How many there are.
    var count: Int { self.sockets.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// All of them, for the predecessor to send.
    var all: [(place: Place, descriptors: [OwnedDescriptor])] {
        self.sockets.withLock { $0.map { ($0.key, $0.value) } }
    }

    func add(_ descriptors: [OwnedDescriptor], at place: Place) {
        self.sockets.withLock { $0[place, default: []] += descriptors }
    }

    /// Takes the sockets that are for `role` at `address`, as it was asked for; none when there are none.
    func take(_ role: TakeoverRole, _ address: IPEndpoint) -> [OwnedDescriptor] {
        self.sockets.withLock { $0.removeValue(forKey: Place(role: role, address: address)) ?? [] }
    }
}
