/// What a check found out about one region.
public struct RegionReport: Hashable, Sendable {
    /// The region's number; 0 for a relay that is in no map.
    public let id: Int
    /// The region's short name, printable; empty for a relay that is in no map.
    public let code: String
    /// The region's name for people, printable; empty for a relay that is in no map.
    public let name: String
    /// What concerns the region as a whole.
    public let findings: [CheckFinding]
    /// In the map's order.
    public let nodes: [NodeReport]

    package init(id: Int, code: String, name: String, findings: [CheckFinding], nodes: [NodeReport]) {
        self.id = id
        self.code = code
        self.name = name
        self.findings = findings
        self.nodes = nodes
    }

    /// How many findings, of the region and its nodes, are that bad.
    public func count(of severity: CheckFinding.Severity) -> Int {
        self.findings.count(of: severity) + self.nodes.reduce(0) { $0 + $1.findings.count(of: severity) }
    }
}
