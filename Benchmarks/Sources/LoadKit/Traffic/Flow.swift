import DERPKit

/// Packets from one client to another. Confined to its loop.
final class Flow {
    /// What a flow counts as in the report.
    enum Role: Int, Hashable, Sendable {
        /// The load.
        case load
        /// A light flow that shows what the load does to others.
        case probe
    }

    let index: Int
    let role: Role
    let source: LoadClient
    let destination: LoadClient
    let pace: Pace
    /// The flow that brings back what this one takes there.
    var echo: Flow?

    private let sizes: [Int]
    private(set) var sent: UInt64 = 0
    var arrivals = ArrivalLedger()

    /// How many packets may be sent in all.
    var limit: UInt64 = 0
    /// How many packets may be sent now (window), or are owed (echo).
    var credit = 0
    /// When the next packet is due (open loop).
    var due: UInt64 = 0
    /// It waits for the end of the tick, to send.
    var isMarked = false

    /// - Parameter sizes: of its packets, in turn, in bytes.
    init(index: Int, role: Role, from source: LoadClient, to destination: LoadClient, pace: Pace, sizes: [Int]) {
        self.index = index
        self.role = role
        self.source = source
        self.destination = destination
        self.pace = pace
        self.sizes = sizes
        if case .window(let count) = pace { self.credit = count }
    }

    /// The size of the packet with this sequence number, in bytes.
    @inline(__always)
    func size(at sequence: UInt64) -> Int {
        self.sizes.count == 1 ? self.sizes[0] : self.sizes[Int(sequence % UInt64(self.sizes.count))]
    }

    /// What stands before a packet: frame header and destination, in bytes.
    static let prefixCount = FrameHeader.byteCount + NodePublicKey.byteCount

    /// How much the next packet takes on the wire, in bytes.
    var nextFrameCount: Int { Self.prefixCount + self.size(at: self.sent) }

    /// Writes the next packet's frame, ``nextFrameCount`` bytes, at `pointer`.
    @inline(__always)
    func writeNext(at pointer: UnsafeMutableRawPointer, time: UInt64) {
        let size = self.size(at: self.sent)
        FrameHeader(type: .sendPacket, payloadCount: UInt32(NodePublicKey.byteCount + size)).store(to: pointer)
        self.destination.key.store(to: pointer + FrameHeader.byteCount)
        let stamp = PacketStamp(flow: UInt32(self.index), size: UInt32(size), sequence: self.sent, time: time)
        stamp.write(to: pointer + Self.prefixCount)
        self.sent += 1
    }
}
