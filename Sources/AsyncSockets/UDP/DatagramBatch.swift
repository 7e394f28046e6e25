import CAsyncSockets
import Glibc

/// Room for the datagrams of one `recvmmsg`, and for the replies to them in one `sendmmsg`.
///
/// A reply is written over the datagram that it answers, and takes over its peer and its packet info: it goes back to
/// where the datagram came from, and leaves from the address to which the datagram was sent. Nothing is allocated after
/// `init`. One batch serves all sockets of a loop, one after the other. Confined to the loop.
public final class DatagramBatch {
    /// The number of datagrams that fit.
    public let capacity: Int
    /// The size of a datagram, in bytes. Longer datagrams are cut; see ``isTruncated(_:)``.
    public let datagramSize: Int
    /// The number of datagrams that were received last.
    public private(set) var count = 0
    /// The number of replies that wait to be sent.
    public private(set) var replyCount = 0

    let incoming: UnsafeMutablePointer<cas_message>
    let replies: UnsafeMutablePointer<cas_message>
    private let vectors: UnsafeMutablePointer<iovec>
    private let peers: UnsafeMutablePointer<sockaddr_storage>
    private let controls: UnsafeMutableRawBufferPointer
    private let payloads: UnsafeMutableRawBufferPointer

    private static let controlSize = Int(CAS_CONTROL_SIZE)

    /// Makes room for `capacity` datagrams, at least 1, of `datagramSize` bytes each: as many bytes as an Ethernet
    /// frame holds, and some more.
    public init(capacity: Int = 64, datagramSize: Int = 1536) {
        self.capacity = capacity
        self.datagramSize = datagramSize
        self.incoming = .allocate(capacity: capacity)
        self.replies = .allocate(capacity: capacity)
        self.vectors = .allocate(capacity: capacity)
        self.peers = .allocate(capacity: capacity)
        self.controls = .allocate(byteCount: capacity * Self.controlSize, alignment: 16)
        self.payloads = .allocate(byteCount: capacity * datagramSize, alignment: 64)
        self.peers.initialize(repeating: sockaddr_storage(), count: capacity)
        self.replies.initialize(repeating: cas_message(), count: capacity)
        self.controls.initializeMemory(as: UInt8.self, repeating: 0)
        self.payloads.initializeMemory(as: UInt8.self, repeating: 0)
        for index in 0..<capacity {
            var message = cas_message()
            message.header.msg_name = UnsafeMutableRawPointer(self.peers + index)
            message.header.msg_iov = self.vectors + index
            message.header.msg_iovlen = 1
            message.header.msg_control = self.controls.baseAddress.map { $0 + index * Self.controlSize }
            (self.incoming + index).initialize(to: message)
            (self.vectors + index).initialize(to: iovec(iov_base: self.slot(index).baseAddress, iov_len: 0))
            self.restore(index)
        }
    }

    deinit {
        self.incoming.deallocate()
        self.replies.deallocate()
        self.vectors.deallocate()
        self.peers.deallocate()
        self.controls.deallocate()
        self.payloads.deallocate()
    }

    /// All the memory of datagram `index`, for a reply that may be longer.
    public func slot(_ index: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            rebasing: self.payloads[index * self.datagramSize..<(index + 1) * self.datagramSize]
        )
    }

    /// Returns what was received as datagram `index`.
    public func payload(_ index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self.slot(index)[..<Int(self.incoming[index].length)])
    }

    /// Returns whether datagram `index` was longer than ``datagramSize``.
    public func isTruncated(_ index: Int) -> Bool {
        self.incoming[index].header.msg_flags & Int32(MSG_TRUNC) != 0
    }

    /// Returns the sender of datagram `index`, as the socket reports it: IPv4 is IPv4-mapped on a dual-stack socket.
    public func peer(_ index: Int) -> IPEndpoint? {
        IPEndpoint(self.peers[index])
    }

    /// Answers datagram `index` with the first `size` bytes of its ``slot(_:)``. At most once per datagram.
    public func reply(to index: Int, size: Int) {
        self.vectors[index].iov_len = size
        self.replies[self.replyCount] = self.incoming[index]
        cas_udp_clear_interface(&self.replies[self.replyCount].header)
        self.replyCount += 1
    }

    /// Makes all of the room available to the next receive.
    func prepareToReceive() {
        // The rest is unchanged: neither the kernel nor a reply touched it.
        for index in 0..<self.count {
            self.restore(index)
        }
        self.count = 0
        self.replyCount = 0
    }

    /// Records that the kernel has filled in the first `count` datagrams.
    func received(_ count: Int) {
        self.count = count
    }

    private func restore(_ index: Int) {
        self.incoming[index].header.msg_namelen = socklen_t(MemoryLayout<sockaddr_storage>.size)
        self.incoming[index].header.msg_controllen = Self.controlSize
        self.vectors[index].iov_len = self.datagramSize
    }
}
