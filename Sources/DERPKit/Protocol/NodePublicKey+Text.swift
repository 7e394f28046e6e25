extension NodePublicKey: LosslessStringConvertible {
    /// The key's text form, `nodekey:<64 hex>`.
    public var description: String { "nodekey:" + self.hex }

    /// Reads a key from text, as ``init(text:)`` does.
    public init?(_ description: String) {
        self.init(text: description)
    }
}

extension NodePublicKey: Codable {
    /// Reads the key from a string, as ``init(text:)`` does.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let key = Self(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "A node key is 64 hexadecimal digits, with or without \"nodekey:\" before them."
            )
        }
        self = key
    }

    /// Writes the key as a string, its ``description``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}

/// A dictionary by node keys is encoded as an object, not as an array.
extension NodePublicKey: CodingKeyRepresentable {
    /// The key's text form, `nodekey:<64 hex>`.
    public var codingKey: any CodingKey { TextKey(stringValue: self.description) }

    /// Reads a key from an object's key, as ``init(text:)`` does.
    public init?(codingKey: some CodingKey) {
        self.init(text: codingKey.stringValue)
    }

    private struct TextKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
