import FoundationEssentials

/// What a server says about itself after it has admitted a client (docs/protocol.md, "Login").
public struct ServerInfo: Codable, Hashable, Sendable {
    /// The version of the protocol.
    package var version = 2
    /// The rate at which a client should send, in bytes per second; `nil` means as fast as it can.
    public var tokenBucketBytesPerSecond: Int?
    /// The amount that it may send at once, in bytes.
    public var tokenBucketBytesBurst: Int?

    private enum CodingKeys: String, CodingKey {
        case version
        case tokenBucketBytesPerSecond = "TokenBucketBytesPerSecond"
        case tokenBucketBytesBurst = "TokenBucketBytesBurst"
    }

    /// What a server says that tells no rate.
    init() {}

    /// Reads the JSON. Returns `nil` for JSON that is malformed or has a value of the wrong type.
    init?(json: [UInt8]) {
        guard let decoded = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = decoded
    }

    package func json() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}
