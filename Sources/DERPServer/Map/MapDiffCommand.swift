import ArgumentParser
import DERPKit

/// `DERPServer map diff BEFORE AFTER…`.
struct MapDiffCommand: MapSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what changes for clients when the map BEFORE is replaced by the map of the sources AFTER.",
        discussion: "BEFORE may be a running server's https://<host>/derpmap/default. " + MapCommand.discussion
    )

    @Argument(help: "A source.")
    var before: String

    @Argument(help: "Sources to merge.")
    var after: [String] = []

    @OptionGroup var fetch: FetchOptions

    var names: [String] { [self.before] + self.after }

    func isComplete(with served: ServedMap?) -> Bool { !self.after.isEmpty || served != nil }

    func perform(with served: ServedMap?) async -> CommandOutcome {
        // Both use the settings' authorities.
        var fetch = self.fetch
        fetch.caFile = fetch.caFile ?? served?.caFile
        let previous = await MapSources([self.before], fetch: fetch)
        let later = await MapSources(self.after, with: served, fetch: fetch)
        let findings = (previous.findings + later.findings).map { $0 + "\n" }.joined()
        guard !previous.hasErrors, !later.hasErrors else { return CommandOutcome(errors: findings, status: 1) }
        let difference = DERPMapDifference(from: previous.merged.map, to: later.merged.map)
        return CommandOutcome(output: Self.text(of: difference))
    }

    private static func text(of difference: DERPMapDifference) -> String {
        var rows = [[String]]()
        for region in difference.added { rows.append(["+"] + Self.row(region)) }
        for region in difference.removed { rows.append(["-"] + Self.row(region)) }
        for change in difference.changed {
            rows.append(["<"] + Self.row(change.previous))
            rows.append([">"] + Self.row(change.later))
        }
        if difference.isPolicyChanged { rows.append(["!", "home parameters or omitDefaultRegions"]) }
        return TextTable(rows).text
    }

    private static func row(_ region: DERPRegion) -> [String] {
        let nodes = region.nodes.map { node in
            let details = [
                node.derpPort == 0 ? "" : ":\(node.derpPort)", node.ipv4.isEmpty ? "" : " \(node.ipv4)",
                node.ipv6.isEmpty ? "" : " \(node.ipv6)",
            ]
            return node.name + "=" + node.hostName + details.joined()
        }
        return [String(region.regionID), region.regionCode, region.regionName, nodes.joined(separator: ", ")]
    }
}
