/// Why a client can't be reached (docs/protocol.md, "Frames"). Servers may have other reasons than those that have a name.
public struct PeerGoneReason: RawRepresentable, Hashable, Sendable {
    /// The reason as it is on the wire.
    public let rawValue: UInt8

    /// Makes a reason from what is on the wire.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It was connected to the server, and left.
    public static let disconnected = Self(rawValue: 0)
    /// The server doesn't know it.
    public static let notHere = Self(rawValue: 1)
}

extension PeerGoneReason: CustomStringConvertible {
    /// The reason in words; one that has no name, as its number.
    public var description: String {
        switch self {
        case .disconnected: "disconnected"
        case .notHere: "not here"
        default: "reason \(self.rawValue)"
        }
    }
}
