import DERPKit

/// Tells what is wrong with a map. With the path of another one, merges that with a region of its own:
///
///     Maps derp.yaml
///
/// With a URL, fetches that map, and follows it for as long as it runs:
///
///     Maps https://example.com/derpmap.json
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
        if path.hasPrefix("https://") || path.hasPrefix("http://") {
            try await Self.follow(path)
            return
        }
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

    /// Fetches the map at `url`, now and every hour from then on.
    static func follow(_ url: String) async throws {
        var sources = RegionMap.Sources()
        sources.urls = [url]
        sources.updateInterval = .seconds(3600)
        let map = try RegionMap(ownRegion: nil, sources: sources)
        try await map.load()
        for source in await map.status {
            print(source.failure ?? "\(source.name): \(source.regionCount) regions")
        }
        await map.run()
    }
}
