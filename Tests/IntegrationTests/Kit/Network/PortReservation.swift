import Glibc
import TestSupport

/// A free port, held by a bound socket until ``release()``.
final class PortReservation {
    let port: UInt16
    /// The socket; -1 once it is released.
    private(set) var descriptor: Int32

    /// Takes a free port, or `port` if it is given; a TCP reservation also listens, so that nobody else can.
    init(_ kind: SocketKind, on address: Loopback = .ipv4, port: UInt16? = nil) throws {
        var attemptsLeft = port == nil ? 1000 : 1
        while true {
            attemptsLeft -= 1
            let candidate = port ?? PortNumbers.next()
            do {
                self.descriptor = try Self.take(candidate, kind, on: address)
                self.port = candidate
                return
            } catch KitError.system(_, EADDRINUSE) where attemptsLeft > 0 {
                continue
            }
        }
    }

    private static func take(_ port: UInt16, _ kind: SocketKind, on address: Loopback) throws -> Int32 {
        let descriptor = try kind.makeDescriptor(family: address.family)
        do {
            let bound = address.withSocketAddress(port: port) { bind(descriptor, $0, $1) }
            guard bound == 0 else { throw KitError.lastSystemError("bind") }
            if kind == .tcp, listen(descriptor, 1) != 0 { throw KitError.lastSystemError("listen") }
            return descriptor
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    deinit {
        self.release()
    }

    /// Lets somebody else have the port.
    func release() {
        guard self.descriptor >= 0 else { return }
        Glibc.close(self.descriptor)
        self.descriptor = -1
    }
}

/// The port that a socket is bound to.
func localPort(of descriptor: Int32) throws -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutableBytes(of: &storage) { bytes in
        getsockname(descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, &length)
    }
    guard result == 0 else { throw KitError.lastSystemError("getsockname") }
    // The port lies at the same place in sockaddr_in and sockaddr_in6.
    return withUnsafeBytes(of: &storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
}
