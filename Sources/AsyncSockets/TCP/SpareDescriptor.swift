import CAsyncSockets
import Glibc

/// A descriptor that is kept for the time when there are no more. Then it is given up to accept a client and close the
/// connection. So the client learns of it at once and can go elsewhere, instead of waiting in the kernel's queue.
///
/// All sockets of a listener share one, and accept under its lock. Otherwise one loop would take what another gave up.
final class SpareDescriptor: Sendable {
    private let spare = Lock<Int32>(open())

    enum Accepted {
        case connection(Int32)
        /// A client was turned away because there are no more descriptors.
        case turnedAway
        /// With the error's number.
        case failed(Int32)
    }

    deinit {
        self.spare.withLock { if $0 >= 0 { close($0) } }
    }

    private static func open() -> Int32 { Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Accepts the next connection at the listening socket `descriptor`. Writes its address to `peer`.
    ///
    /// - Parameter isNewcomer: Returns whether an address has no other connection.
    func accept(
        _ descriptor: Int32,
        _ peer: inout sockaddr_storage,
        isNewcomer: (IPEndpoint) -> Bool
    ) -> Accepted {
        self.spare.withLock { spare in
            if spare < 0 { spare = Self.open() }
            let accepted = cas_accept(descriptor, &peer)
            if accepted >= 0 {
                guard DescriptorReserve.holds(accepted, from: .incoming) else { return .connection(accepted) }
                if !DescriptorReserve.holds(accepted, from: .newcomer), IPEndpoint(peer).map(isNewcomer) == true {
                    return .connection(accepted)
                }
                close(accepted)
                return .turnedAway
            }
            let number = errno
            // The kernel reports this before it checks whether anybody waits.
            guard number == EMFILE, spare >= 0 else { return .failed(number) }
            return Self.turnAway(descriptor, &spare, &peer)
        }
    }

    private static func turnAway(_ descriptor: Int32, _ spare: inout Int32, _ peer: inout sockaddr_storage) -> Accepted
    {
        close(spare)
        let accepted = cas_accept(descriptor, &peer)
        let number = errno
        if accepted >= 0 { close(accepted) }
        spare = Self.open()
        return accepted >= 0 ? .turnedAway : .failed(number)
    }
}
