import AsyncSockets

/// What two relays say to each other when one takes over from the other: a line of ASCII each. A value without IO.
///
/// The successor says `hello`; its predecessor answers with `sockets` messages, each with descriptors, `links`, and `complete`. The
/// successor listens with them and says `serving`; its predecessor stops listening and says `retiring`.
enum TakeoverMessage: Hashable, Sendable {
    /// Asks for the sockets.
    case hello
    /// Sockets of one address, which come with the message.
    case sockets(TakeoverRole, IPEndpoint)
    /// Two connected streams come with the message: one on which the successor is a mesh peer of its predecessor, and one
    /// on which it is the other way round.
    case links
    /// These were all: so many descriptors have been sent.
    case complete(count: Int)
    /// The successor listens, and goes on whatever happens.
    case serving
    /// The predecessor no longer listens, also at the takeover socket.
    case retiring

    /// Which way of talking this is. Another one is refused.
    static let version = "derp-takeover/1"
}

/// What a socket is there for.
enum TakeoverRole: String, CaseIterable, Sendable {
    case relay
    case plainHTTP = "http"
    case stun

    /// What its sockets are.
    var kind: OwnedDescriptor.Kind { self == .stun ? .datagrams : .listener }
}

extension TakeoverMessage {
    /// The message as bytes.
    var encoded: [UInt8] {
        let words =
            switch self {
            case .hello: ["hello"]
            case .sockets(let role, let address): ["sockets", role.rawValue, address.description]
            case .links: ["links"]
            case .complete(let count): ["complete", String(count)]
            case .serving: ["serving"]
            case .retiring: ["retiring"]
            }
        return Array(([Self.version] + words).joined(separator: " ").utf8)
    }

    /// Reads a message; `nil` for anything that is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= 128, bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).parts(at: " ")
        guard words.count >= 2, words[0] == Self.version else { return nil }
        switch (words[1], words.count) {
        case ("hello", 2): self = .hello
        case ("links", 2): self = .links
        case ("serving", 2): self = .serving
        case ("retiring", 2): self = .retiring
        case ("complete", 3):
            guard let count = Int(words[2]), (0...Self.countLimit).contains(count) else { return nil }
            self = .complete(count: count)
        case ("sockets", 4):
            guard let role = TakeoverRole(rawValue: String(words[2])), let address = IPEndpoint(words[3]) else {
                return nil
            }
            self = .sockets(role, address)
        default: return nil
        }
    }

    /// How many descriptors are handed over at most.
    static let countLimit = 8192
}
