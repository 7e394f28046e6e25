/// What became of the connection of a client that was refused.
enum RefusalEnd: Int, CaseIterable, Sendable {
    /// It was held for as long as it was to be.
    case expired
    /// The client left.
    case peer
    /// The client would be let in now, and comes again.
    case lifted
    /// Others needed its descriptor, or memory was short.
    case gaveWay
    /// The server stopped.
    case shutdown
    /// It was closed at once, because there was no place.
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
