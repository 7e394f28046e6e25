extension Decoder {
    /// Reads a text, and what `read` makes of it.
    ///
    /// - Parameter what: What the text should be, for the error.
    func value<Value>(_ what: String, _ read: (String) -> Value?) throws -> Value {
        let container = try self.singleValueContainer()
        guard let value = read(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "This is not \(what).")
        }
        return value
    }
}
