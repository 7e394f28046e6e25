/// The results of a check of one region.
public struct RegionReport: Hashable, Sendable {
    /// The region's number; 0 for a relay that is in no map.
    public let id: Int
    /// The region's short name, in printable characters; empty for a relay that is in no map.
    public let code: String
    /// The region's name for people, in printable characters; empty for a relay that is in no map.
    public let name: String
    /// The findings about the region as a whole.
    public let findings: [CheckFinding]
    /// The reports of the nodes, in the order of the map.
    public let nodes: [NodeReport]

    package init(id: Int, code: String, name: String, findings: [CheckFinding], nodes: [NodeReport]) {
        self.id = id
        self.code = code
        self.name = name
        self.findings = findings
        self.nodes = nodes
    }

    /// Returns the number of findings with this severity, about the region and its nodes.
    package func count(of severity: CheckFinding.Severity) -> Int {
        self.findings.count(of: severity) + self.nodes.reduce(0) { $0 + $1.findings.count(of: severity) }
    }
}
