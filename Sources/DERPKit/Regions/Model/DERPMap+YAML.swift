import IPAddresses

extension DERPMap {
    /// The map as headscale's `derp.yaml`: names in lower case, regions in order of their IDs, without zero values.
    public func yaml() -> String {
        var lines = [String]()
        if let params = self.homeParams {
            lines.append("homeparams:")
            lines.append(params.regionScore.isEmpty ? "  regionscore: {}" : "  regionscore:")
            for (id, score) in params.regionScore.sorted(by: { $0.key < $1.key }) {
                lines.append("    \(id): \(score)")
            }
        }
        if self.omitDefaultRegions { lines.append("omitdefaultregions: true") }
        lines.append(self.regions.isEmpty ? "regions: {}" : "regions:")
        for (id, region) in self.regions.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(id):")
            lines += region.yaml.map { "    " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension DERPRegion {
    fileprivate var yaml: [String] {
        var lines = [
            "regionid: \(self.regionID)", "regioncode: \(YAMLText.quote(self.regionCode))",
            "regionname: \(YAMLText.quote(self.regionName))",
        ]
        if self.latitude != 0 { lines.append("latitude: \(self.latitude)") }
        if self.longitude != 0 { lines.append("longitude: \(self.longitude)") }
        if self.avoid { lines.append("avoid: true") }
        if self.noMeasureNoHome { lines.append("nomeasurenohome: true") }
        lines.append(self.nodes.isEmpty ? "nodes: []" : "nodes:")
        for node in self.nodes {
            lines += node.yaml.enumerated().map { ($0 == 0 ? "  - " : "    ") + $1 }
        }
        return lines
    }
}

extension DERPNode {
    fileprivate var yaml: [String] {
        let texts = [
            ("certname", self.certName), ("ipv4", self.ipv4), ("ipv6", self.ipv6), ("stuntestip", self.stunTestIP),
        ]
        let numbers = [("stunport", self.stunPort), ("derpport", self.derpPort)]
        let flags = [
            ("stunonly", self.stunOnly), ("insecurefortests", self.insecureForTests), ("canport80", self.canPort80),
        ]
        return [
            "name: \(YAMLText.quote(self.name))", "regionid: \(self.regionID)",
            "hostname: \(YAMLText.quote(self.hostName))",
        ]
            + texts.filter { !$0.1.isEmpty }.map { "\($0): \(YAMLText.quote($1))" }
            + numbers.filter { $0.1 != 0 }.map { "\($0): \($1)" }
            + flags.filter(\.1).map { name, _ in "\(name): true" }
    }
}

/// Returns text as a YAML scalar.
private enum YAMLText {
    /// Plain if it can't be taken for something else, otherwise in quotation marks.
    static func quote(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            HTTPGrammar.isLetter($0) || HTTPGrammar.isDigit($0) || "-. ".utf8.contains($0)
        }
        let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        if isPlain, let first = text.utf8.first, HTTPGrammar.isLetter(first), text.utf8.last != 0x20,
            !words.contains(text.lowercasedASCII), Double(text) == nil
        {
            return text
        }
        return "\"" + text.unicodeScalars.reduce(into: "") { $0 += Self.escaped($1) } + "\""
    }

    /// Returns a character as it is in quotation marks (YAML 1.2 §5.7). What can't be seen is escaped, because YAML
    /// allows not all of it, and takes some for line breaks.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"", "\\": return "\\\(scalar)"
        case "\n": return "\\n"
        // The reader refuses text that looks like an anchor, also in quotation marks.
        case "&": break
        default: if OutsideText.isVisible(scalar) { return String(scalar) }
        }
        let digits = String(scalar.value, radix: 16)
        let (mark, count) = scalar.value > 0xffff ? ("U", 8) : ("u", 4)
        return "\\\(mark)" + String(repeating: "0", count: count - digits.utf8.count) + digits
    }
}
