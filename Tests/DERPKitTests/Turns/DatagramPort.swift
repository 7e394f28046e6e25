import Glibc
import TestSupport

@testable import AsyncSockets

/// A UDP port that floods whoever it is told to. Blocks: to be used on ``thread``.
final class DatagramPort: Sendable {
    let address: IPEndpoint
    private let descriptor: Int32

    let thread = ThreadPerJobExecutor.shared

    struct Failure: Error {}

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let here = IPEndpoint(.loopbackIPv4, port: 0)
        guard descriptor >= 0, here.withSockaddr({ bind(descriptor, $0, $1) }) == 0,
            let address = ListeningSocket.localAddress(of: descriptor)
        else {
            close(descriptor)
            throw Failure()
        }
        self.descriptor = descriptor
        self.address = address
        // Whoever waits for a datagram that doesn't come gives up.
        var time = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(self.descriptor) }

    /// Who sends the next datagram; `nil` when nobody does.
    func receiveSender() -> IPEndpoint? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let count = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(self.descriptor, nil, 0, Int32(MSG_TRUNC), $0, &length)
            }
        }
        return count < 0 ? nil : IPEndpoint(storage)
    }

    /// Sends datagrams that are no STUN, until the flood's time is over or somebody ends it.
    func flood(_ peer: IPEndpoint?, with flood: Flood) async {
        guard let peer else { return flood.end(isByOther: true) }
        let datagram = [UInt8](repeating: 0x61, count: 100)
        let isDone = await flood.send {
            guard !flood.isOver else { return .failure(SocketError(.closed, "it is over")) }
            for _ in 0..<64 {
                _ = peer.withSockaddr { sendto(self.descriptor, datagram, datagram.count, 0, $0, $1) }
            }
            return .success(64 * datagram.count)
        }
        flood.end(isByOther: !isDone)
    }
}
