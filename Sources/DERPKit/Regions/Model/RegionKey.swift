/// A region's ID as the name of a JSON member: decimal, as Go writes it.
struct RegionKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ id: Int) { self.stringValue = String(id) }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    /// The ID, one of ``DERPRegion/validIDs``; `nil` if the name isn't such a number, or has a sign or leading zeros.
    var id: Int? {
        guard let id = Int(self.stringValue), DERPRegion.validIDs.contains(id), String(id) == self.stringValue else {
            return nil
        }
        return id
    }
}

extension KeyedDecodingContainer<RegionKey> {
    /// Decodes every member by its ID.
    ///
    /// - Throws: `DecodingError` for a member whose name isn't a region's ID, and for more than 4096 members.
    func decodeByID<Value: Decodable>(_ type: Value.Type) throws -> [Int: Value] {
        let keys = self.allKeys
        var values = [Int: Value](minimumCapacity: min(keys.count, DERPMapLimits.regions))
        for key in keys {
            guard let id = key.id else {
                throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not a region's id")
            }
            guard values.count < DERPMapLimits.regions else {
                throw DecodingError.dataCorruptedError(
                    forKey: key,
                    in: self,
                    debugDescription: "more than \(DERPMapLimits.regions) regions"
                )
            }
            values[id] = try self.decode(type, forKey: key)
        }
        return values
    }
}
