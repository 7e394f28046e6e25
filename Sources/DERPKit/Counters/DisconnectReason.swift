/// Why a connection ended. More reasons may be added in later versions.
public struct DisconnectReason: Hashable, Sendable {
    private let reason: CloseReason

    init(_ reason: CloseReason) { self.reason = reason }

    /// The peer closed it, or it broke.
    public static let peer = Self(.peer)
    /// A request was answered; it was no DERP client.
    public static let answered = Self(.answered)
    /// A trusted proxy sent something else than a PROXY header.
    public static let badProxyHeader = Self(.badProxyHeader)
    /// The TLS handshake or a record failed.
    public static let tls = Self(.tls)
    /// Something other than TLS came where TLS is spoken.
    public static let notTLS = Self(.notTLS)
    /// The HTTP request was malformed.
    public static let badRequest = Self(.badRequest)
    /// The DERP handshake was malformed, or its box didn't open.
    public static let badHandshake = Self(.badHandshake)
    /// A limit of connections or memory was reached.
    public static let limit = Self(.limit)
    /// Nobody had logged in, and others needed the place.
    public static let gaveWay = Self(.gaveWay)
    /// The client was not admitted, or no longer.
    public static let refused = Self(.refused)
    /// A frame broke the protocol.
    public static let badFrame = Self(.badFrame)
    /// A WebSocket message or frame was malformed, too large, or of a kind that isn't spoken here.
    public static let badMessage = Self(.badMessage)
    /// A deadline passed.
    public static let timeout = Self(.timeout)
    /// The peer took nothing that was queued for it for too long.
    public static let writeTimeout = Self(.writeTimeout)
    /// More control frames were queued than a client may leave unread.
    public static let tooSlow = Self(.tooSlow)
    /// A mesh peer wanted the client's connections closed.
    public static let closedByMesh = Self(.closedByMesh)
    /// The program that embeds the relay wanted it (``RelayServer/disconnect(_:reason:)``).
    public static let disconnected = Self(.disconnected)
    /// The relay stops.
    public static let shutdown = Self(.shutdown)
}

extension DisconnectReason: CustomStringConvertible {
    /// The label's value in the metrics, such as `write_timeout`.
    public var description: String { self.reason.label }
}
