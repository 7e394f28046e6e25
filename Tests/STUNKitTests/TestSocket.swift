import IPAddresses
import Glibc
import Testing

/// A plain blocking UDP socket, connected to a server: it receives from no other address.
final class TestSocket {
    let localAddress: IPEndpoint
    private let descriptor: Int32

    init(to peer: IPEndpoint) throws {
        self.descriptor = socket(
            peer.ip.family == .ipv4 ? AF_INET : AF_INET6,
            Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            0
        )
        try #require(self.descriptor >= 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let descriptor = self.descriptor
        try #require(peer.withSockaddr { connect(descriptor, $0, $1) } == 0)
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        self.localAddress = try #require(IPEndpoint(storage))
    }

    deinit {
        close(self.descriptor)
    }

    func send(_ datagram: [UInt8]) throws {
        try #require(Glibc.send(self.descriptor, datagram, datagram.count, 0) == datagram.count)
    }

    /// Waits up to 10 s for a datagram.
    func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 2048)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        try #require(count >= 0, "nothing came: \(String(cString: strerror(errno)))")
        return Array(buffer.prefix(count))
    }

    /// Waits for the answer to a send, and returns the error that came instead.
    func receiveError() -> Int32 {
        var byte: UInt8 = 0
        return recv(self.descriptor, &byte, 1, 0) < 0 ? errno : 0
    }
}
