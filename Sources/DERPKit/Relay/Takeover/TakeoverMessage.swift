import AsyncSockets

/// A message between two relays while one takes over from the other: one line of ASCII. A value without I/O.
///
/// The successor sends `hello`. Its predecessor answers with `sockets` messages, each with descriptors, then with
/// `links` and `complete`. The successor listens on these sockets and sends `serving`. Its predecessor stops listening
/// and sends `retiring`.
enum TakeoverMessage: Hashable, Sendable {
    /// Asks for the sockets.
    case hello
    /// Carries the sockets of one address.
    case sockets(TakeoverRole, IPEndpoint)
    /// Carries two connected streams: on the first, the successor is a mesh peer of its predecessor; on the second, the
    /// other way round.
    case links
    /// Ends the list. `count` is the number of descriptors that were sent.
    case complete(count: Int)
    /// The successor listens, and goes on whatever happens.
    case serving
    /// The predecessor no longer listens, not even at the takeover socket.
    case retiring

    /// The version of this exchange. Other versions are refused.
    static let version = "derp-takeover/1"
}

/// The purpose of a socket.
enum TakeoverRole: String, CaseIterable, Sendable {
    case relay
    case plainHTTP = "http"
    case stun

    /// The kind of the sockets with this role.
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

    /// Parses a message. `nil` when `bytes` is not a message.
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

    /// The maximum number of descriptors that are handed over.
    static let countLimit = 8192
}
