import AsyncSockets

/// Why a connection ended.
enum CloseReason: Int, CaseIterable, Sendable {
    /// The peer closed it, or it broke.
    case peer
    /// A request was answered; it was no DERP client.
    case answered
    /// A PROXY header was owed, and something else came.
    case badProxyHeader
    /// The TLS handshake or a record failed.
    case tls
    /// Something other than TLS came where TLS is spoken.
    case notTLS
    /// The HTTP request was malformed.
    case badRequest
    /// The DERP handshake was malformed, or its box didn't open.
    case badHandshake
    /// A limit of connections or memory was reached.
    case limit
    /// Nobody had logged in, and others needed the place.
    case gaveWay
    /// The client was not admitted, or no longer.
    case refused
    /// A frame broke the protocol.
    case badFrame
    /// A WebSocket message or frame was malformed, too large, or of a kind that isn't spoken here.
    case badMessage
    /// A deadline of TLS, HTTP, the DERP handshake or of all these together passed.
    case timeout
    /// The peer took nothing that was queued for it for too long.
    case writeTimeout
    /// More control frames were queued than a client, or one that watches, may leave unread.
    case tooSlow
    /// A mesh peer wanted the client's connections closed.
    case closedByMesh
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
        case .shutdown: "shutdown"
        }
    }
}

extension CloseReason {
    /// What a failed stream means.
    init(_ error: SocketError) {
        switch error.code {
        case .tls: self = .tls
        case .notTLS: self = .notTLS
        case .timeout: self = .timeout
        default: self = .peer
        }
    }
}
