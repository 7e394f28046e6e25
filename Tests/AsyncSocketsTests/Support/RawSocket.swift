import IPAddresses
import Glibc

/// A blocking TCP socket without any of the code under test, for peers that misbehave. Gives up after 10 s.
final class RawSocket: Sendable {
    struct Failure: Error { let number: Int32 }

    let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var time = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit { Glibc.close(self.descriptor) }

    /// A client's socket. `receiveBuffer` bounds what the kernel takes for a peer that doesn't read, in bytes.
    static func connect(to address: IPEndpoint, receiveBuffer: Int32? = nil) throws -> RawSocket {
        let raw = try self.make(for: address)
        if var size = receiveBuffer {
            setsockopt(raw.descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        try raw.connect(to: address)
        return raw
    }

    /// A socket for `address`, not connected yet.
    static func make(for address: IPEndpoint) throws -> RawSocket {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ip.family == .ipv4 ? AF_INET : AF_INET6, kind, 0)
        guard descriptor >= 0 else { throw Failure(number: errno) }
        return RawSocket(descriptor)
    }

    func connect(to address: IPEndpoint) throws {
        guard address.withSockaddr({ Glibc.connect(self.descriptor, $0, $1) }) == 0 else {
            throw Failure(number: errno)
        }
    }

    /// A socket that has a free port of `ip`, on which nobody listens: connecting to it is refused.
    static func bind(to ip: IPAddress) throws -> (RawSocket, IPEndpoint) {
        let raw = try Self.make(for: IPEndpoint(ip, port: 0))
        guard IPEndpoint(ip, port: 0).withSockaddr({ Glibc.bind(raw.descriptor, $0, $1) }) == 0 else {
            throw Failure(number: errno)
        }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(raw.descriptor, $0, &length) }
        }
        guard let address = IPEndpoint(storage) else { throw Failure(number: EAFNOSUPPORT) }
        return (raw, address)
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(self.descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count >= 0 else { throw Failure(number: errno) }
            sent += count
        }
    }

    /// At most `count` bytes; none at the end of the stream.
    func receive(_ count: Int = 65536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = recv(self.descriptor, &bytes, count, 0)
        guard received >= 0 else { throw Failure(number: errno) }
        return Array(bytes.prefix(received))
    }

    /// Everything up to the end of the stream.
    func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let bytes = try self.receive()
            guard !bytes.isEmpty else { return all }
            all += bytes
        }
    }

    func shutdownWriting() { Glibc.shutdown(self.descriptor, Int32(SHUT_WR)) }

    /// Ends the connection with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        // Replaced rather than closed, so that the number isn't free for somebody else's socket before deinit.
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        dup2(null, self.descriptor)
        Glibc.close(null)
    }
}
