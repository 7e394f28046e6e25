extension IPNetwork: Codable {
    /// Reads the text, such as `192.0.2.0/24` or `fd00::/8`, as ``init(_:)`` does: bits behind the prefix are dropped,
    /// and a bare address is a network of one.
    ///
    /// - Throws: `DecodingError` if it isn't an IP network.
    public init(from decoder: any Decoder) throws {
        self = try decoder.value("an IP network") { Self($0) }
    }

    /// Writes the text, as in ``description``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}
