import FoundationEssentials

/// What a server tells of itself once a client is admitted (protocol notes §1).
package struct ServerInfo: Codable, Hashable, Sendable {
    package var version = 2
    /// How fast a client is to send, in bytes per second; `nil`: as fast as it can.
    package var tokenBucketBytesPerSecond: Int?
    /// How much it may send at once, in bytes.
    package var tokenBucketBytesBurst: Int?

    private enum CodingKeys: String, CodingKey {
        case version
        case tokenBucketBytesPerSecond = "TokenBucketBytesPerSecond"
        case tokenBucketBytesBurst = "TokenBucketBytesBurst"
    }

    package init() {}

    package func json() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}
