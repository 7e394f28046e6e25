/// A relay's numbers at one moment: what `/metrics` shows (docs/metrics.md), made from the same counters.
///
/// Numbers that are sums cover the time since the relay's start. They are kept per event loop, and the loops are
/// visited one after the other: what happens meanwhile may be in one number and not in another.
public struct RelayStatistics: Hashable, Sendable {
    /// TCP connections, of clients and others.
    public internal(set) var connections: Connections
    /// DERP clients.
    public internal(set) var clients: Clients
    /// Packets from and to clients.
    public internal(set) var packets: Packets
    /// Frames other than packets.
    public internal(set) var frames: Frames
    /// Work for connections that have not logged in, and for STUN.
    public internal(set) var strangers: Strangers
    /// The mesh.
    public internal(set) var mesh: Mesh
    /// The certificates that are shown to clients; `nil` without TLS.
    public internal(set) var certificates: Certificates?
    /// The DERP map that is served.
    public internal(set) var map: Map
    /// STUN requests.
    public internal(set) var stun: STUN
    /// `/bootstrap-dns`.
    public internal(set) var bootstrapDNS: BootstrapDNS
    /// Taking over from another process, and handing over to one.
    public internal(set) var takeover: Takeover
}

extension RelayStatistics {
    /// TCP connections, of clients and others.
    public struct Connections: Hashable, Sendable {
        /// Connections that are open now.
        public internal(set) var open: Int
        /// Connections that were accepted.
        public internal(set) var accepted: UInt64
        /// How often a connection could not be accepted.
        public internal(set) var acceptFailures: UInt64
        /// Connections that were too many, by limit.
        public internal(set) var refused: RelayTally<ConnectionLimit>
        /// Connections that ended, by reason.
        public internal(set) var closed: RelayTally<DisconnectReason>
        /// Connections that became WebSockets.
        public internal(set) var webSockets: UInt64
        /// WebSockets that ended, by reason.
        public internal(set) var webSocketsClosed: RelayTally<WebSocketCloseReason>
    }

    /// DERP clients.
    public struct Clients: Hashable, Sendable {
        /// Keys that are connected now.
        public internal(set) var connected: Int
        /// Keys that are connected more than once now.
        public internal(set) var duplicates: Int
        /// Clients that call this region their home now.
        public internal(set) var home: Int
        /// Clients that completed the DERP handshake.
        public internal(set) var logins: UInt64
        /// Clients that were admitted although nobody could be asked about them
        /// (``AdmissionDecision/allowUnverified(detail:)``).
        public internal(set) var unverified: UInt64
        /// Clients that were not admitted, or are no longer admitted, by reason. Clients that a limit kept out are in
        /// ``Connections/refused``.
        public internal(set) var refused: RelayTally<ClientRefusalReason>
        /// Connections of refused clients that are held now.
        public internal(set) var held: Int
        /// Held connections of refused clients that have ended, by how they ended.
        public internal(set) var heldEnded: RelayTally<RefusedClientEnd>
        /// How often a client began or stopped to call this region its home.
        public internal(set) var homeMoves: UInt64
        /// Clients that wanted another node of the region.
        public internal(set) var notIdeal: UInt64
        /// How often a client was not read because of its rate.
        public internal(set) var rateWaits: UInt64
    }

    /// Packets from and to clients, and their bytes without headers.
    public struct Packets: Hashable, Sendable {
        /// Path discovery from clients.
        public internal(set) var receivedDisco: UInt64
        /// Other packets from clients.
        public internal(set) var receivedOther: UInt64
        /// Bytes from clients.
        public internal(set) var receivedBytes: UInt64
        /// Packets to clients.
        public internal(set) var sent: UInt64
        /// Bytes to clients.
        public internal(set) var sentBytes: UInt64
        /// Path discovery that was not delivered, by reason.
        public internal(set) var droppedDisco: RelayTally<PacketDropReason>
        /// Other packets that were not delivered, by reason.
        public internal(set) var droppedOther: RelayTally<PacketDropReason>

        /// Packets from clients.
        public var received: UInt64 { self.receivedDisco + self.receivedOther }
        /// Packets that were not delivered.
        public var dropped: UInt64 { self.droppedDisco.total + self.droppedOther.total }
    }

    /// Frames other than packets.
    public struct Frames: Hashable, Sendable {
        /// Pings from clients.
        public internal(set) var pings: UInt64
        /// Pongs to clients.
        public internal(set) var pongs: UInt64
        /// KeepAlives to clients.
        public internal(set) var keepAlives: UInt64
        /// Frames of an unknown type, which were skipped.
        public internal(set) var unknown: UInt64
        /// PeerGone frames to clients, because the peer left.
        public internal(set) var peerGoneDisconnected: UInt64
        /// PeerGone frames to clients, because the peer isn't here.
        public internal(set) var peerGoneNotHere: UInt64
    }

    /// Work for connections that have not logged in, and for STUN.
    public struct Strangers: Hashable, Sendable {
        /// How long the loops worked on it.
        public internal(set) var time: Duration
        /// Pieces of this work that waited because its share was used up.
        public internal(set) var delayed: UInt64
        /// Pieces of this work that wait now.
        public internal(set) var waiting: Int
    }
}
