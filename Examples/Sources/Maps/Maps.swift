import DERPKit

/// Tells what is wrong with a map. With the path of another one, merges that with a region of its own:
///
///     Maps derp.yaml
@main
struct Maps {
    static func main() async throws {
        let text = """
            regions:
              1: null
              900:
                regioncode: home
                regionname: Home
                nodes:
                  - name: 900a
                    hostname: relay.example.com
                    stunPort: 3479
            """
        let document = DERPMapDocument(text)
        for finding in document.findings {
            print("derp.yaml:\(finding.line): \(finding.severity): \(finding.message)")
        }

        guard let path = CommandLine.arguments.dropFirst().first else { return }
        let own = DERPRegion(
            regionID: 901,
            regionCode: "own",
            regionName: "Own",
            nodes: [DERPNode(name: "901a", regionID: 901, hostName: "own.example.com")]
        )

        var sources = RegionMap.Sources()
        sources.paths = [path]
        let map = try RegionMap(ownRegion: own, sources: sources)
        try await map.load()
        for region in await map.map.sortedRegions {
            print("\(region.regionID) \(region.regionName), \(region.nodes.count) nodes")
        }
    }
}
