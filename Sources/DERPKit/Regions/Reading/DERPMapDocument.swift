/// What a file or URL says about the map, and the findings about it.
public struct DERPMapDocument: Hashable, Sendable {
    /// The two forms of maps.
    public enum Form: Hashable, Sendable {
        /// Names in lower case (`regionid`), as in headscale's `derp.yaml`.
        case yaml
        /// Names as in the reference's JSON (`RegionID`).
        case json
    }

    /// What the source says. Empty if ``findings`` contain an error.
    package let layer: DERPMapLayer
    /// The map that the source describes. Empty if ``findings`` contain an error.
    public var map: DERPMap {
        var map = DERPMap()
        map.apply(self.layer)
        return map
    }
    /// The findings, in order of their lines.
    public let findings: [DERPMapFinding]
    /// The lines of regions that are removed, by their IDs.
    package let removals: [Int: Int]

    /// Whether the source can be used.
    public var isUsable: Bool { !self.findings.contains { $0.severity == .error } }

    /// Reads a source. Reports what is wrong with it in ``findings``, and throws nothing.
    ///
    /// - Parameters:
    ///   - text: The source, at most 5 MiB.
    ///   - form: The form; `nil` decides by the beginning of the text.
    public init(_ text: String, form: Form? = nil) {
        let form = form ?? Self.form(of: text)
        guard text.utf8.count <= DERPMapLimits.size else {
            self.init(failure: .init(.error, line: 1, "it is larger than \(ByteCount.text(DERPMapLimits.size))"))
            return
        }
        do throws(SourceValue.Failure) {
            let root = try form == .json ? JSONSourceParser.parse(text) : SourceValue(yaml: text)
            var reader = DERPMapReader(form: form)
            let layer = reader.layer(root)
            self.init(
                layer: layer,
                findings: reader.findings.sorted { $0.line < $1.line },
                removals: reader.removals
            )
        } catch {
            self.init(failure: .init(.error, line: error.line, error.message))
        }
    }

    private init(failure: DERPMapFinding) {
        self.init(layer: DERPMapLayer(), findings: [failure], removals: [:])
    }

    private init(layer: DERPMapLayer, findings: [DERPMapFinding], removals: [Int: Int]) {
        self.removals = removals
        self.findings = findings
        self.layer = findings.contains { $0.severity == .error } ? DERPMapLayer() : layer
    }

    /// JSON begins with a brace and then a quoted name, or nothing.
    private static func form(of text: String) -> Form {
        let start = text.utf8.lazy.filter { $0 > 0x20 }.prefix(2)
        return start.elementsEqual("{\"".utf8) || start.elementsEqual("{}".utf8) || start.elementsEqual("[{".utf8)
            ? .json : .yaml
    }
}
