import AsyncSockets

/// Why a connection ended.
enum CloseReason: Int, CaseIterable, Sendable {
    /// The peer closed it, or it broke.
    case peer
    /// A request was answered. It was no DERP client.
    case answered
    /// A PROXY header was required, and something else came.
    case badProxyHeader
    /// The TLS handshake or a record failed.
    case tls
    /// Something other than TLS came to a port with TLS.
    case notTLS
    /// The HTTP request was malformed.
    case badRequest
    /// The DERP handshake was malformed, or its box couldn't be opened.
    case badHandshake
    /// A limit of connections or memory was reached.
    case limit
    /// The connection had not logged in, and others needed its place.
    case gaveWay
    /// The client was not admitted, or no longer.
    case refused
    /// A frame broke the protocol.
    case badFrame
    /// A WebSocket message or frame was malformed, too large, or of a kind that the relay doesn't support.
    case badMessage
    /// A deadline of TLS, HTTP, the DERP handshake, or of all of them together passed.
    case timeout
    /// The peer took nothing of what was queued for it for too long.
    case writeTimeout
    /// More control frames were queued than a client, or one that watches, may leave unread.
    case tooSlow
    /// A mesh peer asked to close the client's connections.
    case closedByMesh
    /// The program that embeds the relay wanted the client's connections closed.
    case disconnected
    /// The server stops.
    case shutdown

    /// The label's value in the metrics.
    var label: String {
        switch self {
        case .peer: "peer"
        case .answered: "answered"
        case .badProxyHeader: "bad_proxy_header"
        case .tls: "tls"
        case .notTLS: "not_tls"
        case .badRequest: "bad_request"
        case .badHandshake: "bad_handshake"
        case .limit: "limit"
        case .gaveWay: "gave_way"
        case .refused: "refused"
        case .badFrame: "bad_frame"
        case .badMessage: "bad_message"
        case .timeout: "timeout"
        case .writeTimeout: "write_timeout"
        case .tooSlow: "too_slow"
        case .closedByMesh: "closed_by_mesh"
        case .disconnected: "disconnected"
        case .shutdown: "shutdown"
        }
    }
}

extension CloseReason {
    /// The reason for a failed stream.
    init(_ error: SocketError) {
        switch error.code {
        case .tls: self = .tls
        case .notTLS: self = .notTLS
        case .timeout: self = .timeout
        default: self = .peer
        }
    }
}
