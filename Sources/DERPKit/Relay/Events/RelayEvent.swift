import FoundationEssentials
import IPAddresses

/// Something that happened to a relay, as ``RelayServer/events`` tells it. Which properties are set depends on ``kind``.
public struct RelayEvent: Hashable, Sendable {
    /// What happened. More kinds may be added in later versions: pass over those that you don't know.
    public let kind: Kind
    /// When it happened.
    public let time: Date
    /// The client's key: for ``Kind/clientConnected``, ``Kind/clientDisconnected`` and ``Kind/clientRefused``.
    public private(set) var key: NodePublicKey?
    /// The client's address, where a trusted proxy tells of it; otherwise that of its connection. For the same kinds.
    public private(set) var address: IPEndpoint?
    /// Whether the client showed the mesh key.
    public private(set) var isMeshPeer = false
    /// How long the client was connected: for ``Kind/clientDisconnected``.
    public private(set) var duration: Duration?
    /// Why the client's connection ended: for ``Kind/clientDisconnected``.
    public private(set) var disconnection: DisconnectReason?
    /// Why the client was refused: for ``Kind/clientRefused``.
    public private(set) var refusal: ClientRefusalReason?
    /// The other node, as host and port: for ``Kind/meshLinkUp`` and ``Kind/meshLinkDown``.
    public private(set) var node: String?
    /// The name or address that the certificate is for: for ``Kind/certificateChanged``.
    public private(set) var host: String?
    /// More about a refusal or about why a link is down, for a log; empty when there is nothing more to say. No secret.
    public private(set) var detail = ""
    /// How many events before this one are missing, because this reader was too slow and its buffer full.
    public internal(set) var missed = 0

    init(_ kind: Kind, at time: Date = Date()) {
        self.kind = kind
        self.time = time
    }
}

extension RelayEvent {
    /// What happened. More kinds may be added in later versions.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// A client has logged in, and can be reached.
        public static let clientConnected = Self("client_connected")
        /// A client that had logged in has left.
        public static let clientDisconnected = Self("client_disconnected")
        /// A client was refused, or is no longer admitted. In the latter case ``clientDisconnected`` follows.
        public static let clientRefused = Self("client_refused")
        /// The link to another node of the mesh is up.
        public static let meshLinkUp = Self("mesh_link_up")
        /// The link to another node of the mesh broke, or can't be made. Told once, until it is up again.
        public static let meshLinkDown = Self("mesh_link_down")
        /// Another certificate is shown to clients from now on.
        public static let certificateChanged = Self("certificate_changed")
        /// The DERP map that is served has changed: ``RelayServer/regionMap`` has it.
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
