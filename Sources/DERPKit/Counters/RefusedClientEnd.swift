/// What became of the connection of a client that was refused. More may be added in later versions.
public struct RefusedClientEnd: Hashable, Sendable {
    private let end: RefusalEnd

    init(_ end: RefusalEnd) { self.end = end }

    /// It was held for as long as it was to be.
    public static let expired = Self(.expired)
    /// The client left.
    public static let peer = Self(.peer)
    /// The client may be let in now, and comes again.
    public static let lifted = Self(.lifted)
    /// Others needed its descriptor, or memory was short.
    public static let gaveWay = Self(.gaveWay)
    /// The relay stopped.
    public static let shutdown = Self(.shutdown)
    /// It was closed at once, because there was no place.
    public static let notHeld = Self(.notHeld)
}

extension RefusedClientEnd: CustomStringConvertible {
    /// The label's value in the metrics, such as `gave_way`.
    public var description: String { self.end.label }
}
