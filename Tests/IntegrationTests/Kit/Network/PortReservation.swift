import Glibc

/// A port that the kernel chose, held by a bound socket until ``release()``.
final class PortReservation {
    let port: UInt16
    private var descriptor: Int32

    /// Takes a free port, or `port` if it is given; a TCP reservation also listens, so that nobody else can.
    init(_ kind: SocketKind, on address: Loopback = .ipv4, port: UInt16 = 0) throws {
        let descriptor = try kind.makeDescriptor(family: address.family)
        do {
            let bound = address.withSocketAddress(port: port) { bind(descriptor, $0, $1) }
            guard bound == 0 else { throw KitError.lastSystemError("bind") }
            if kind == .tcp, listen(descriptor, 1) != 0 { throw KitError.lastSystemError("listen") }
            self.port = try localPort(of: descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
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
