// Reads and writes the members of a DERP map's objects as Go's `omitempty` does.

extension KeyedDecodingContainer {
    /// Reads a text of at most 1024 bytes. It is empty if it is missing.
    func text(forKey key: Key) throws -> String {
        let text = try self.decodeIfPresent(String.self, forKey: key) ?? ""
        guard text.utf8.count <= DERPMapLimits.text else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "longer than \(DERPMapLimits.text) bytes"
            )
        }
        return text
    }

    /// Reads an integer in `range`. It is 0 if it is missing.
    func number(in range: ClosedRange<Int>, forKey key: Key) throws -> Int {
        guard let number = try self.decodeIfPresent(Int.self, forKey: key) else { return 0 }
        guard range.contains(number) else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "\(number) is not in \(range.lowerBound)…\(range.upperBound)"
            )
        }
        return number
    }

    /// Reads a region's ID. It is 0 if it is missing.
    func regionID(forKey key: Key) throws -> Int {
        try self.number(in: 0...DERPRegion.validIDs.upperBound, forKey: key)
    }
}

extension KeyedEncodingContainer {
    /// Writes `value` unless it is `zero`.
    mutating func encode<Value: Encodable & Equatable>(_ value: Value, unless zero: Value, forKey key: Key) throws {
        guard value != zero else { return }
        try self.encode(value, forKey: key)
    }
}
