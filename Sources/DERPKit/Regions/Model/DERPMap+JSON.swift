import FoundationEssentials

extension DERPMap {
    /// Reads a map from JSON of at most 5 MiB. A `null` region counts as absent.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for JSON that isn't a map.
    public init(json: some Sequence<UInt8>) throws(DERPError) {
        self.init()
        self.apply(try DERPMapLayer(json: json))
    }

    /// The map's JSON, with the same bytes for the same map: regions in order of their IDs, members of an object by
    /// name.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` if a number is infinite or not a number.
    public func json() throws(DERPError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var parts = [String]()
        do {
            if let homeParams = self.homeParams {
                parts.append("\"HomeParams\":" + String(decoding: try encoder.encode(homeParams), as: UTF8.self))
            }
            // Written by hand, because an encoder sorts "10" before "9".
            let regions = try self.regions.sorted { $0.key < $1.key }.map { id, region in
                "\"\(id)\":" + String(decoding: try encoder.encode(region), as: UTF8.self)
            }
            parts.append("\"Regions\":{" + regions.joined(separator: ",") + "}")
        } catch {
            throw DERPError(.invalidConfiguration, "the DERP map holds a number that JSON can't express")
        }
        if self.omitDefaultRegions { parts.append("\"omitDefaultRegions\":true") }
        return Array(("{" + parts.joined(separator: ",") + "}").utf8)
    }
}
