/// What a file or URL says of the map, and what there is to say about it.
public struct DERPMapDocument: Hashable, Sendable {
    /// The two forms that maps are written in.
    public enum Form: Hashable, Sendable {
        /// Names in lower case (`regionid`), as in headscale's `derp.yaml`.
        case yaml
        /// Names as in the reference's JSON (`RegionID`).
        case json
    }

    /// What the source says; empty when ``findings`` hold an error.
    public let layer: DERPMapLayer
    /// In order of their lines.
    public let findings: [DERPMapFinding]
    /// The lines of regions that are taken away, by their ids.
    package let removals: [Int: Int]

    /// Whether the source can be used.
    public var isUsable: Bool { !self.findings.contains { $0.severity == .error } }

    /// Reads a source. What is wrong with it is in ``findings``: nothing is thrown.
    ///
    /// - Parameters:
    ///   - text: at most 5 MiB.
    ///   - form: `nil` looks at how the text begins.
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
