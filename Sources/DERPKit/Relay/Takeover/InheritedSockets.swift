import AsyncSockets

/// The listening sockets that a relay hands to its successor. Sockets that nobody takes are closed.
final class InheritedSockets: Sendable {
    /// The purpose of a socket, and the address that was asked for.
    struct Place: Hashable, Sendable {
        let role: TakeoverRole
        let address: IPEndpoint
    }

    private let sockets = Lock<[Place: [OwnedDescriptor]]>([:])

    var count: Int { self.sockets.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// All sockets, for the predecessor to send.
    var all: [(place: Place, descriptors: [OwnedDescriptor])] {
        self.sockets.withLock { $0.map { ($0.key, $0.value) } }
    }

    func add(_ descriptors: [OwnedDescriptor], at place: Place) {
        self.sockets.withLock { $0[place, default: []] += descriptors }
    }

    /// Takes the sockets for `role` at `address`, which is the address as it was asked for. Empty when there are none.
    func take(_ role: TakeoverRole, _ address: IPEndpoint) -> [OwnedDescriptor] {
        self.sockets.withLock { $0.removeValue(forKey: Place(role: role, address: address)) ?? [] }
    }
}
