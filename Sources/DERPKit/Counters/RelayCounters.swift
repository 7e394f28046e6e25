/// The counters of one loop. Confined to the loop, copied when read, and added up over the loops.
struct RelayCounters: Hashable, Sendable {
    var accepts: UInt64 = 0
    var acceptFailures: UInt64 = 0
    var logins: UInt64 = 0
    /// Clients that came in although nobody could be asked about them.
    var unverifiedAdmissions: UInt64 = 0
    var packetsReceived = PerKind()
    var bytesReceived: UInt64 = 0
    var packetsSent: UInt64 = 0
    var bytesSent: UInt64 = 0
    /// Packets to and from other nodes of the mesh.
    var packetsForwardedOut: UInt64 = 0
    var bytesForwardedOut: UInt64 = 0
    var packetsForwardedIn: UInt64 = 0
    var bytesForwardedIn: UInt64 = 0
    var pings: UInt64 = 0
    var pongs: UInt64 = 0
    var keepAlives: UInt64 = 0
    var unknownFrames: UInt64 = 0
    var peerGoneDisconnected: UInt64 = 0
    var peerGoneNotHere: UInt64 = 0
    /// The number of clients that currently use this server's region as their home.
    var homeClients: Int64 = 0
    var homeMoves: UInt64 = 0
    var notIdeal: UInt64 = 0
    var webSockets: UInt64 = 0
    var webSocketEnds = PerCase<WebSocketEnd>()
    var closes = PerCase<CloseReason>()
    var connectionRefusals = PerCase<ConnectionRefusal>()
    /// How often reading waited because of a client's rate.
    var rateWaits: UInt64 = 0
    var refusals = PerCase<AdmissionDecision.Reason.Kind>()
    var refusalEnds = PerCase<RefusalEnd>()

    /// How long packets waited for clients with a slow line.
    var queueDelays = QueueDelays()

    private var drops = [UInt64](repeating: 0, count: DropReason.allCases.count * PacketKind.allCases.count)
    /// The bytes of these packets, without their frames.
    private var droppedBytes = [UInt64](repeating: 0, count: DropReason.allCases.count * PacketKind.allCases.count)

    /// Counts packets of `byteCount` bytes together, without their frames, as dropped.
    mutating func drop(_ reason: DropReason, _ kind: PacketKind, count: Int = 1, byteCount: Int) {
        let index = reason.rawValue * PacketKind.allCases.count + kind.rawValue
        self.drops[index] += UInt64(count)
        self.droppedBytes[index] += UInt64(byteCount)
    }

    func drops(_ reason: DropReason, _ kind: PacketKind) -> UInt64 {
        self.drops[reason.rawValue * PacketKind.allCases.count + kind.rawValue]
    }

    func droppedBytes(_ reason: DropReason, _ kind: PacketKind) -> UInt64 {
        self.droppedBytes[reason.rawValue * PacketKind.allCases.count + kind.rawValue]
    }

    static func += (left: inout Self, right: Self) {
        left.accepts += right.accepts
        left.acceptFailures += right.acceptFailures
        left.logins += right.logins
        left.unverifiedAdmissions += right.unverifiedAdmissions
        left.packetsReceived.disco += right.packetsReceived.disco
        left.packetsReceived.other += right.packetsReceived.other
        left.bytesReceived += right.bytesReceived
        left.packetsSent += right.packetsSent
        left.bytesSent += right.bytesSent
        left.packetsForwardedOut += right.packetsForwardedOut
        left.bytesForwardedOut += right.bytesForwardedOut
        left.packetsForwardedIn += right.packetsForwardedIn
        left.bytesForwardedIn += right.bytesForwardedIn
        left.pings += right.pings
        left.pongs += right.pongs
        left.keepAlives += right.keepAlives
        left.unknownFrames += right.unknownFrames
        left.peerGoneDisconnected += right.peerGoneDisconnected
        left.peerGoneNotHere += right.peerGoneNotHere
        left.homeClients += right.homeClients
        left.homeMoves += right.homeMoves
        left.notIdeal += right.notIdeal
        left.webSockets += right.webSockets
        left.webSocketEnds += right.webSocketEnds
        left.closes += right.closes
        left.connectionRefusals += right.connectionRefusals
        left.rateWaits += right.rateWaits
        left.refusals += right.refusals
        left.refusalEnds += right.refusalEnds
        left.queueDelays += right.queueDelays
        for index in left.drops.indices { left.drops[index] += right.drops[index] }
        for index in left.droppedBytes.indices { left.droppedBytes[index] += right.droppedBytes[index] }
    }
}

extension RelayCounters {
    /// A number for each kind of packet.
    struct PerKind: Hashable, Sendable {
        var disco: UInt64 = 0
        var other: UInt64 = 0

        @inline(__always)
        mutating func count(_ kind: PacketKind) {
            switch kind {
            case .disco: self.disco += 1
            case .other: self.other += 1
            }
        }
    }

    /// A number for each case of an enumeration.
    struct PerCase<Case: CaseIterable & RawRepresentable & Sendable>: Hashable, Sendable where Case.RawValue == Int {
        private var numbers = [UInt64](repeating: 0, count: Case.allCases.count)

        subscript(_ key: Case) -> UInt64 {
            get { self.numbers[key.rawValue] }
            set { self.numbers[key.rawValue] = newValue }
        }

        static func += (left: inout Self, right: Self) {
            for index in left.numbers.indices { left.numbers[index] += right.numbers[index] }
        }
    }
}
