import ArgumentParser
import DERPKit

/// `DERPServer map show SOURCE…`.
struct MapShowCommand: MapSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Merge maps like the server, and show the result: URLs first, then files. The last region wins.",
        discussion: MapCommand.discussion
    )

    @Argument(help: "Files, pipes, or URLs; -: standard input.")
    var sources: [String] = []

    @ArgumentParser.Flag(help: "Print the JSON that clients receive.")
    var json = false

    @ArgumentParser.Flag(help: "Print YAML, like headscale's derp.yaml.")
    var yaml = false

    @OptionGroup var fetch: FetchOptions

    func validate() throws {
        guard !self.json || !self.yaml else { throw ValidationError("--json and --yaml can't be combined") }
    }

    var names: [String] { self.sources }

    func isComplete(with served: ServedMap?) -> Bool { !self.sources.isEmpty || served != nil }

    func perform(with served: ServedMap?) async -> CommandOutcome {
        let read = await MapSources(self.sources, with: served, fetch: self.fetch)
        let errors = read.findings.map { $0 + "\n" }.joined()
        guard !read.hasErrors else { return CommandOutcome(errors: errors, status: 1) }
        do {
            let map = read.merged.map
            let output =
                if self.json {
                    String(decoding: try map.json(), as: UTF8.self) + "\n"
                } else if self.yaml {
                    map.yaml()
                } else {
                    Self.table(of: read.merged)
                }
            return CommandOutcome(output: output, errors: errors)
        } catch {
            return CommandOutcome(errors: errors + "error: \(error)\n", status: 1)
        }
    }

    private static func table(of merged: LayeredDERPMap) -> String {
        var rows = [["REGION", "CODE", "NAME", "NODES", "FROM"]]
        for region in merged.map.sortedRegions {
            rows.append([
                String(region.regionID), region.regionCode, region.regionName,
                region.nodes.map(\.hostName).joined(separator: " "), merged.origins[region.regionID] ?? "",
            ])
        }
        for (id, origin) in merged.removals.sorted(by: { $0.key < $1.key }) {
            rows.append([String(id), "-", "(removed)", "", origin])
        }
        return TextTable(rows).text
    }
}
