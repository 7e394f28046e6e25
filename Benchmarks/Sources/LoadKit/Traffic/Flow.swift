@_spi(Benchmarks) import DERPKit

/// The packets from one client to another. Confined to its loop.
final class Flow {
    /// How the report counts a flow.
    enum Role: Int, Hashable, Sendable {
        /// The load.
        case load
        /// A light flow that shows how the load affects other clients.
        case probe
    }

    let index: Int
    let role: Role
    let source: LoadClient
    let destination: LoadClient
    let pace: Pace
    /// The flow in the other direction that returns this flow's packets.
    var echo: Flow?

    private let sizes: [Int]
    private var data = Lane()
    private(set) var disco = Lane()
    /// The share of disco packets, 0…1, and how many of them are due.
    private let discoShare: Double
    private var discoDue = 0.0
    private var nextKind = PacketKind.data

    /// How many packets the flow may send in all.
    var limit: UInt64 = 0
    /// How many packets the flow may send now (window) or must return (echo).
    var credit = 0
    /// When the next packet is due (open loop).
    var due: UInt64 = 0
    /// Whether the flow waits for the end of the tick to send.
    var isMarked = false

    /// Makes a flow.
    ///
    /// - Parameters:
    ///   - sizes: The sizes of its packets, in turn, in bytes.
    ///   - disco: The share of disco packets, 0…1.
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

    /// Returns the size of the packet with this number in its lane, in bytes.
    @inline(__always)
    private func size(at sequence: UInt64) -> Int {
        self.sizes.count == 1 ? self.sizes[0] : self.sizes[Int(sequence % UInt64(self.sizes.count))]
    }

    /// The size of the frame header and the destination before a packet, in bytes.
    static let prefixCount = FrameHeader.byteCount + NodePublicKey.byteCount
}

// MARK: Sending

extension Flow {
    /// How many packets of both kinds were sent.
    var sent: UInt64 { self.data.sent + self.disco.sent }

    /// The size of the next packet's frame, in bytes.
    var nextFrameCount: Int {
        Self.prefixCount + self.size(at: self.nextKind == .data ? self.data.sent : self.disco.sent)
    }

    /// Writes the next packet's frame, ``nextFrameCount`` bytes, to `pointer`.
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
    /// How many packets of both kinds have arrived, each counted once.
    var received: UInt64 { self.data.arrivals.received + self.disco.arrivals.received }

    /// Returns whether a packet with this size and this number was sent.
    @inline(__always)
    func hasSent(_ kind: PacketKind, _ sequence: UInt64, size: Int) -> Bool {
        sequence < (kind == .data ? self.data.sent : self.disco.sent) && size == self.size(at: sequence)
    }

    @inline(__always)
    func note(_ kind: PacketKind, _ sequence: UInt64) -> ArrivalLedger.Arrival {
        kind == .data ? self.data.note(sequence) : self.disco.note(sequence)
    }
}
