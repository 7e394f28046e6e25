import DERPKit

/// Maps in YAML and JSON, and what becomes of several that are laid over each other: what clients are served can be read
/// again, in both forms, and is the same map.
enum MapsFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let kind = input.first else { return }
        let form: DERPMapDocument.Form? = [nil, .json, .yaml][Int(kind) % 3]
        let text = String(decoding: input.dropFirst(), as: UTF8.self)
        var merged = LayeredDERPMap()
        for (number, source) in text.utf8.split(separator: Self.mark, omittingEmptySubsequences: false).enumerated() {
            let document = DERPMapDocument(String(Substring(source)), form: form)
            Self.check(document)
            merged.apply(document.layer, from: "\(number)")
        }
        if let layer = try? DERPMapLayer(json: input.dropFirst()) { merged.apply(layer, from: "layer") }
        Self.check(merged)
    }

    /// Stands between sources.
    private static let mark = UInt8(ascii: "%")

    private static func check(_ document: DERPMapDocument) {
        precondition(document.findings.count <= 101)
        for finding in document.findings {
            precondition(finding.line >= 1)
            Lines.check(finding.message)
        }
        precondition(document.isUsable || document.layer == DERPMapLayer())
        let yaml = document.map.yaml()
        // Yams drops a byte order mark at the beginning of a text.
        guard document.isUsable, !yaml.contains("\\ufeff") else { return }
        let again = DERPMapDocument(yaml, form: .yaml)
        guard again.isUsable, again.map == document.map else {
            fatalError("\(again.findings): \(yaml)")
        }
    }

    private static func check(_ merged: LayeredDERPMap) {
        let map = merged.map
        precondition(Set(merged.origins.keys) == Set(map.regions.keys))
        precondition(Set(merged.removals.keys).isDisjoint(with: map.regions.keys))
        precondition(map.regions.allSatisfy { DERPRegion.validIDs.contains($0) && $1.regionID == $0 })
        guard let json = try? map.json(), let again = try? DERPMap(json: json), again == map else {
            fatalError("a map can't be served: \(map)")
        }
        precondition(DERPMapDifference(from: map, to: map).isEmpty)
        var shuffled = merged
        shuffled.shuffleNodes(seed: "seed")
        for (id, region) in map.regions {
            precondition(Set(shuffled.map.regions[id]?.nodes ?? []) == Set(region.nodes))
        }
    }
}
