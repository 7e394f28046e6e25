/// How the connection of a refused client ended.
enum RefusalEnd: Int, CaseIterable, Sendable {
    /// The connection was held for its full time.
    case expired
    /// The client left.
    case peer
    /// The client would be admitted now, and returns.
    case lifted
    /// Others needed its descriptor, or memory was short.
    case gaveWay
    /// The server stopped.
    case shutdown
    /// The connection was closed at once, because there was no place.
    case notHeld

    /// The label's value in the metrics.
    var label: String {
        switch self {
        case .expired: "expired"
        case .peer: "peer"
        case .lifted: "lifted"
        case .gaveWay: "gave_way"
        case .shutdown: "shutdown"
        case .notHeld: "not_held"
        }
    }
}
