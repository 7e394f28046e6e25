@_spi(Benchmarks) import DERPKit

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
    private var data = Lane()
    private(set) var disco = Lane()
    /// How many of 1 are disco packets, and how many of them are due.
    private let discoShare: Double
    private var discoDue = 0.0
    private var nextKind = PacketKind.data

    /// How many packets may be sent in all.
    var limit: UInt64 = 0
    /// How many packets may be sent now (window), or are owed (echo).
    var credit = 0
    /// When the next packet is due (open loop).
    var due: UInt64 = 0
    /// It waits for the end of the tick, to send.
    var isMarked = false

    /// - Parameters:
    ///   - sizes: of its packets, in turn, in bytes.
    ///   - disco: which part of its packets is of that kind, 0…1.
    init(
        index: Int,
        role: Role,
        from source: LoadClient,
        to destination: LoadClient,
        pace: Pace,
        sizes: [Int],
        disco: Double
    ) {
        self.index = index
        self.role = role
        self.source = source
        self.destination = destination
        self.pace = pace
        self.sizes = sizes
        self.discoShare = disco
        self.chooseKind()
        if case .window(let count) = pace { self.credit = count }
    }

    /// The size of the packet with this number in its lane, in bytes.
    @inline(__always)
    private func size(at sequence: UInt64) -> Int {
        self.sizes.count == 1 ? self.sizes[0] : self.sizes[Int(sequence % UInt64(self.sizes.count))]
    }

    /// What stands before a packet: frame header and destination, in bytes.
    static let prefixCount = FrameHeader.byteCount + NodePublicKey.byteCount
}

// MARK: Sending

extension Flow {
    /// How many packets were sent, of both kinds.
    var sent: UInt64 { self.data.sent + self.disco.sent }

    /// How much the next packet takes on the wire, in bytes.
    var nextFrameCount: Int {
        Self.prefixCount + self.size(at: self.nextKind == .data ? self.data.sent : self.disco.sent)
    }

    /// Writes the next packet's frame, ``nextFrameCount`` bytes, at `pointer`.
    @inline(__always)
    func writeNext(at pointer: UnsafeMutableRawPointer, time: UInt64) {
        let kind = self.nextKind
        let sequence = kind == .data ? self.data.takeNumber() : self.disco.takeNumber()
        let size = self.size(at: sequence)
        FrameHeader(type: .sendPacket, payloadCount: UInt32(NodePublicKey.byteCount + size)).store(to: pointer)
        self.destination.key.store(to: pointer + FrameHeader.byteCount)
        let place = pointer + Self.prefixCount
        TestPacket.write(kind, flow: self.index, size: size, sequence: sequence, time: time, to: place)
        self.chooseKind()
    }

    @inline(__always)
    private func chooseKind() {
        self.discoDue += self.discoShare
        self.nextKind = self.discoDue >= 1 ? .disco : .data
        if self.nextKind == .disco { self.discoDue -= 1 }
    }
}

// MARK: Receiving

extension Flow {
    /// How many packets have come, of both kinds, each counted once.
    var received: UInt64 { self.data.arrivals.received + self.disco.arrivals.received }

    /// Whether a packet of `size` bytes with this number was sent.
    @inline(__always)
    func hasSent(_ kind: PacketKind, _ sequence: UInt64, size: Int) -> Bool {
        sequence < (kind == .data ? self.data.sent : self.disco.sent) && size == self.size(at: sequence)
    }

    @inline(__always)
    func note(_ kind: PacketKind, _ sequence: UInt64) -> ArrivalLedger.Arrival {
        kind == .data ? self.data.note(sequence) : self.disco.note(sequence)
    }
}
