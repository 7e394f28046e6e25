import STUNKit

/// A relay's numbers at one moment, made from the same counters as `/metrics` (docs/metrics.md).
///
/// What programs often want has a name here. ``samples`` has every number of `/metrics`.
///
/// Numbers that are sums cover the time since the relay's start. They are kept per event loop, and the loops are
/// visited one after the other: what happens meanwhile may be in one number and not in another.
public struct RelayStatistics: Hashable, Sendable {
    /// TCP connections, of clients and others.
    public let connections: Connections
    /// DERP clients.
    public let clients: Clients
    /// Packets from and to clients.
    public let packets: Packets
    /// The mesh.
    public let mesh: Mesh
    /// The state of the certificate of each name, including its expiry. Empty without TLS.
    public let certificates: [CertificateSet.Status]

    // What only `samples` shows.

    /// Whether it is known how long packets waited: only if that is limited.
    let hasQueueDelays: Bool
    /// The sum over the loops.
    let counters: RelayCounters
    let strangers: StrangerCounters
    let waiting: WaitingCounters
    /// `nil` without TLS.
    let certificateCounters: CertificateSet.Counters?
    let map: Map
    let stun: STUNCounters
    let bootstrapDNS: BootstrapDNS.Counters
    let takeover: TakeoverTally.Counts
}

extension RelayStatistics {
    /// TCP connections, of clients and others.
    public struct Connections: Hashable, Sendable {
        /// Connections that are open now.
        public let open: Int
        /// Connections that were accepted.
        public let accepted: UInt64
        /// Connections that ended, by reason.
        public let closed: RelayTally<DisconnectReason>
    }

    /// DERP clients.
    public struct Clients: Hashable, Sendable {
        /// Keys that are connected now.
        public let connected: Int
        /// Clients that call this region their home now.
        public let home: Int
        /// Clients that completed the DERP handshake.
        public let logins: UInt64
        /// Clients that were not admitted, or are no longer admitted, by reason.
        public let refused: RelayTally<ClientRefusalReason>
        /// Keys that are connected more than once now.
        let duplicates: Int
        /// Connections of refused clients that are held now.
        let held: Int
    }

    /// Packets from and to clients, and their bytes without headers.
    public struct Packets: Hashable, Sendable {
        /// Packets from clients.
        public let received: UInt64
        /// Bytes from clients.
        public let receivedBytes: UInt64
        /// Packets to clients.
        public let sent: UInt64
        /// Bytes to clients.
        public let sentBytes: UInt64
        /// Path discovery that was not delivered, by reason.
        public let droppedDisco: RelayTally<PacketDropReason>
        /// Other packets that were not delivered, by reason.
        public let droppedOther: RelayTally<PacketDropReason>

        /// Bytes of path discovery that were not delivered, by reason.
        public let droppedDiscoBytes: RelayTally<PacketDropReason>
        /// Bytes of other packets that were not delivered, by reason.
        public let droppedOtherBytes: RelayTally<PacketDropReason>

        /// Packets that were not delivered.
        public var dropped: UInt64 { self.droppedDisco.total + self.droppedOther.total }
    }

    /// The DERP map that is served.
    struct Map: Hashable, Sendable {
        let regions: Int
        let sources: Int
        let staleSources: Int
        let pendingSources: Int
        let sourceFailures: UInt64
    }
}
