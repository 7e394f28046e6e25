extension IPAddress: Codable {
    /// Reads the text, such as `192.0.2.1` or `2001:db8::1`.
    ///
    /// - Throws: `DecodingError` if it isn't an IP address.
    public init(from decoder: any Decoder) throws {
        self = try decoder.value("an IP address") { Self($0) }
    }

    /// Writes the text, as in ``description``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}
