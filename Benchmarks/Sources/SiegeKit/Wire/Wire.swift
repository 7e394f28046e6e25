import CLoad
import Glibc

/// An attacker's TCP connection on loopback. Calls block for a limited time. Used by one thread at a time.
final class Wire: Channel, @unchecked Sendable {
    private(set) var descriptor: Int32
    private let costs: Costs

    /// Connects to a port of the server; `nil` if that fails.
    ///
    /// - Parameters:
    ///   - source: The address to connect from, in 127.0.0.0/8.
    ///   - patience: How long each call may block, in seconds.
    ///   - receiveBuffer: The size of the kernel's receive buffer, in bytes. Small for a client that doesn't read.
    init?(
        _ field: Field,
        to port: UInt16,
        from source: Source,
        patience: Double = 2,
        receiveBuffer: Int32? = nil
    ) {
        self.costs = field.costs
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard self.descriptor >= 0 else { return nil }
        self.setPatience(patience)
        // Set before connecting, because the handshake says how much may be sent at first. With small segments, the
        // server's kernel doesn't hold a megabyte of unread bytes, as it otherwise does on loopback.
        if let receiveBuffer {
            self.set(SOL_SOCKET, SO_RCVBUF, receiveBuffer)
            self.set(Int32(IPPROTO_TCP), TCP_MAXSEG, 536)
        }
        self.set(Int32(IPPROTO_IP), Self.bindAddressNoPort, 1)
        self.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        guard Self.call(source.address, 0, { bind(self.descriptor, $0, $1) }) == 0,
            Self.call(Self.loopback, port, { connect(self.descriptor, $0, $1) }) == 0
        else {
            self.close()
            return nil
        }
        self.costs.countConnection()
    }

    /// Takes over an accepted connection.
    init(_ descriptor: Int32, _ costs: Costs, patience: Double = 2) {
        self.costs = costs
        self.descriptor = descriptor
        self.setPatience(patience)
        self.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    deinit { self.close() }

    func close() {
        if self.descriptor >= 0 { Glibc.close(self.descriptor) }
        self.descriptor = -1
    }

    /// Closes the connection with a reset, so that no port stays in use and no more bytes are delivered.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        self.close()
    }

    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(self.descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
            self.costs.countSent(count)
        }
        return true
    }

    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Array(buffer[..<count])
    }

    /// Discards the bytes that are there, without waiting; returns false at the end.
    func discard() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
            while true {
                let count = recv(self.descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return false }
                if count < 0 { return true }
            }
        }
    }

    /// Counts bytes that another object sent over the descriptor.
    func countSent(_ count: Int) { self.costs.countSent(count) }

    private func setPatience(_ seconds: Double) {
        var time = timeval(tv_sec: Int(seconds), tv_usec: Int((seconds - seconds.rounded(.down)) * 1e6))
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(self.descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(self.descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    static let loopback: UInt32 = 0x7f00_0001
    /// IP_BIND_ADDRESS_NO_PORT (Linux 4.2), which Glibc doesn't have.
    private static let bindAddressNoPort: Int32 = 24

    /// Calls a function of the kernel that takes an IPv4 address.
    static func call(
        _ ip: UInt32,
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = ip.bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
