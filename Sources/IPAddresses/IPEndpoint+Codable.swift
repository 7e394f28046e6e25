extension IPEndpoint: Codable {
    /// Reads the text, such as `192.0.2.1:443` or `[2001:db8::1]:443`.
    ///
    /// - Throws: `DecodingError` if it isn't an IP address and a port.
    public init(from decoder: any Decoder) throws {
        self = try decoder.value("an IP address and a port") { Self($0) }
    }

    /// Writes the text, as in ``description``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}
