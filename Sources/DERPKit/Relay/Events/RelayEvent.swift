import FoundationEssentials
import IPAddresses

/// Something that happened to a relay, as ``RelayServer/events`` reports it. Which properties are set depends on
/// ``kind``.
public struct RelayEvent: Hashable, Sendable {
    /// What happened. Later versions may add more kinds: ignore those that you don't know.
    public let kind: Kind
    /// When it happened.
    public let time: Date
    /// The client's node key. Set for ``Kind/clientConnected``, ``Kind/clientDisconnected`` and ``Kind/clientRefused``.
    public private(set) var key: NodePublicKey?
    /// The client's address, where a trusted proxy tells it; otherwise the address of its connection. Set for the same
    /// kinds as ``key``.
    public private(set) var address: IPEndpoint?
    /// Whether the client showed the mesh key.
    public private(set) var isMeshPeer = false
    /// How long the client was connected. Set for ``Kind/clientDisconnected``.
    public private(set) var duration: Duration?
    /// Why the client's connection ended. Set for ``Kind/clientDisconnected``.
    public private(set) var disconnection: DisconnectReason?
    /// Why the client was refused. Set for ``Kind/clientRefused``.
    public private(set) var refusal: ClientRefusalReason?
    /// The other node, as host and port. Set for ``Kind/meshLinkUp`` and ``Kind/meshLinkDown``.
    public private(set) var node: String?
    /// The name or address for which the certificate is. Set for ``Kind/certificateChanged``.
    public private(set) var host: String?
    /// More about a refusal, or about why a link is down, for a log. Empty when there is nothing more to say. Contains
    /// no secret.
    public private(set) var detail = ""
    /// The number of events that are missing before this one, because the reader was too slow and its buffer was full.
    public internal(set) var missed = 0

    init(_ kind: Kind, at time: Date = Date()) {
        self.kind = kind
        self.time = time
    }
}

extension RelayEvent {
    /// What happened. Later versions may add more kinds.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// A client has logged in, and can be reached.
        public static let clientConnected = Self("client_connected")
        /// A client that had logged in has left.
        public static let clientDisconnected = Self("client_disconnected")
        /// A client was refused, or is no longer admitted. In the latter case, ``clientDisconnected`` follows.
        public static let clientRefused = Self("client_refused")
        /// The link to another node of the mesh is up.
        public static let meshLinkUp = Self("mesh_link_up")
        /// The link to another node of the mesh broke, or can't be made. Reported once, until the link is up again.
        public static let meshLinkDown = Self("mesh_link_down")
        /// Clients are shown another certificate from now on.
        public static let certificateChanged = Self("certificate_changed")
        /// The DERP map that is served has changed. ``RelayServer/regionMap`` has the new one.
        public static let mapChanged = Self("map_changed")

        /// A name in lower case, such as `client_connected`.
        public var description: String { self.name }
    }
}

extension RelayEvent {
    private static func client(_ kind: Kind, _ key: NodePublicKey, _ address: IPEndpoint, isMeshPeer: Bool) -> Self {
        var event = Self(kind)
        event.key = key
        event.address = address
        event.isMeshPeer = isMeshPeer
        return event
    }

    static func connected(_ key: NodePublicKey, at address: IPEndpoint, isMeshPeer: Bool) -> Self {
        self.client(.clientConnected, key, address, isMeshPeer: isMeshPeer)
    }

    static func disconnected(
        _ key: NodePublicKey,
        at address: IPEndpoint,
        isMeshPeer: Bool,
        after duration: Duration,
        for reason: DisconnectReason
    ) -> Self {
        var event = self.client(.clientDisconnected, key, address, isMeshPeer: isMeshPeer)
        event.duration = duration
        event.disconnection = reason
        return event
    }

    static func refused(
        _ key: NodePublicKey,
        at address: IPEndpoint,
        for reason: ClientRefusalReason,
        detail: String = ""
    ) -> Self {
        var event = self.client(.clientRefused, key, address, isMeshPeer: false)
        event.refusal = reason
        event.detail = detail
        return event
    }

    static func meshLinkUp(_ node: String) -> Self {
        var event = Self(.meshLinkUp)
        event.node = node
        return event
    }

    static func meshLinkDown(_ node: String, detail: String) -> Self {
        var event = Self(.meshLinkDown)
        event.node = node
        event.detail = detail
        return event
    }

    static func certificateChanged(for host: String) -> Self {
        var event = Self(.certificateChanged)
        event.host = host
        return event
    }
}
