import Glibc

/// An open file descriptor. It is closed when this value is released, unless somebody took it over.
package final class OwnedDescriptor: Sendable {
    private let number: Lock<Int32>

    init(_ number: Int32) {
        self.number = Lock(number)
    }

    /// Returns another descriptor for the same open file, or `nil` if there are no more descriptors.
    init?(duplicating descriptor: Int32) {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return nil }
        self.number = Lock(copy)
    }

    deinit {
        self.number.withLock { if $0 >= 0 { close($0) } }
    }

    /// The descriptor's number. Valid as long as this value exists and nobody took the descriptor.
    var raw: Int32 { self.number.withLock { $0 } }

    /// Hands over the descriptor, once. The caller closes it.
    func take() -> Int32? {
        self.number.withLock { number in
            defer { number = -1 }
            return number >= 0 ? number : nil
        }
    }

    /// Returns whether this is a TCP socket that listens, or a UDP socket that is bound, at `port`; 0 means any port.
    package func isBound(_ kind: Kind, port: UInt16) -> Bool {
        guard let address = ListeningSocket.localAddress(of: self.raw) else { return false }
        guard address.port != 0, port == 0 || address.port == port else { return false }
        switch kind {
        case .listener:
            return self.option(SO_TYPE) == Int32(SOCK_STREAM.rawValue) && self.option(SO_ACCEPTCONN) == 1
        case .datagrams:
            return self.option(SO_TYPE) == Int32(SOCK_DGRAM.rawValue)
        }
    }

    /// The purpose of a socket.
    package enum Kind: Sendable {
        case listener, datagrams
    }

    private func option(_ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(self.raw, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}
