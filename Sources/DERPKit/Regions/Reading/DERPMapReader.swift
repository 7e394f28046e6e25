/// Makes a layer from a document, and reports what is wrong with it, line by line.
struct DERPMapReader {
    let form: DERPMapDocument.Form
    private(set) var findings: [DERPMapFinding] = []
    /// The lines of regions that are removed.
    private(set) var removals: [Int: Int] = [:]
    /// The line of the node with a name.
    private var nodeNames: [String: Int] = [:]

    /// The maximum number of findings. A source that isn't a map at all would have thousands.
    private static let findingLimit = 100

    init(form: DERPMapDocument.Form) { self.form = form }

    mutating func warn(_ line: Int, _ message: String) { self.note(.init(.warning, line: line, message)) }

    mutating func refuse(_ line: Int, _ message: String) { self.note(.init(.error, line: line, message)) }

    private mutating func note(_ finding: DERPMapFinding) {
        // An error always counts.
        guard self.findings.count < Self.findingLimit || finding.severity == .error && !self.hasError else { return }
        self.findings.append(finding)
    }

    private var hasError: Bool { self.findings.contains { $0.severity == .error } }

    /// Returns whether a node may have this name, and remembers the name.
    mutating func checkNodeName(_ name: String, line: Int) {
        if name.isEmpty {
            self.refuse(line, "the node has no name")
        } else if let previous = self.nodeNames.updateValue(line, forKey: name) {
            self.warn(line, "the node's name \(SourceText.quote(name)) is also on line \(previous)")
        }
    }
}

// MARK: The document

extension DERPMapReader {
    mutating func layer(_ root: SourceValue) -> DERPMapLayer {
        var layer = DERPMapLayer()
        for member in self.members(of: root, "the map", known: ["HomeParams", "Regions", "omitDefaultRegions"]) {
            switch member.name {
            case "HomeParams": layer.homeParams = self.homeParams(member.value)
            case "omitDefaultRegions": layer.omitDefaultRegions = self.bool(member)
            default: layer.regions = self.regions(member.value)
            }
        }
        return layer
    }

    private mutating func homeParams(_ value: SourceValue) -> DERPMap.HomeParams? {
        if case .null = value.content { return nil }
        var params = DERPMap.HomeParams()
        for member in self.members(of: value, "HomeParams", known: ["RegionScore"]) {
            for (id, score) in self.byRegion(member.value) {
                guard let number = self.number(score) else { continue }
                guard number > 0 else {
                    self.refuse(score.line, "a region's score is more than 0")
                    continue
                }
                params.regionScore[id] = number
            }
        }
        return params
    }

    private mutating func regions(_ value: SourceValue) -> [Int: DERPRegion?] {
        var regions = [Int: DERPRegion?]()
        for (id, value) in self.byRegion(value) {
            guard regions.count < DERPMapLimits.regions else {
                self.refuse(value.line, "more than \(DERPMapLimits.regions) regions")
                break
            }
            if case .null = value.content {
                regions.updateValue(nil, forKey: id)
                self.removals[id] = value.line
            } else {
                regions.updateValue(self.region(value, id: id), forKey: id)
            }
        }
        return regions
    }

    /// Returns the members of an object whose names are regions' IDs.
    private mutating func byRegion(_ value: SourceValue) -> [(Int, SourceValue)] {
        switch value.content {
        case .null: return []
        case .object(let members):
            return members.compactMap { member in
                if let id = RegionKey(stringValue: member.name).id { return (id, member.value) }
                let name = SourceText.quote(member.name)
                self.refuse(member.line, "\(name) is not a region id, a whole number in 1…2^53-1")
                return nil
            }
        default:
            self.refuse(value.line, "regions stand under their ids, not in \(value.kind)")
            return []
        }
    }
}
