import AsyncSockets
import DERPKit

/// The sources of a command, after reading.
struct MapSources {
    private(set) var merged = LayeredDERPMap()
    /// `FILE:LINE: SEVERITY: what` for every finding, and `FILE: error: why` for what can't be read.
    private(set) var findings: [String] = []
    private(set) var hasErrors = false
    /// Whether nothing has been read yet.
    private var isFirst = true

    /// Reads `names`, URLs first, then files, each in the order given, and lays them over each other.
    ///
    /// - Parameter served: What a server would serve. Its sources come before `names` of their kind, and its own region
    ///   comes last.
    init(_ names: [String], with served: ServedMap? = nil, fetch: FetchOptions) async {
        // For a server, - is a file like any other.
        var sources = (served?.sources.paths ?? []).map { DERPMapSource.file($0) }
        for name in (served?.sources.urls ?? []) + names {
            do throws(DERPError) {
                sources.append(name == "-" ? .standardInput : try DERPMapSource(name))
            } catch {
                self.fail("\(error)")
            }
        }
        let urls = sources.filter { if case .url = $0 { true } else { false } }
        let files = sources.filter { if case .url = $0 { false } else { true } }
        var fetch = fetch
        fetch.caFile = fetch.caFile ?? served?.caFile
        do {
            let client = try urls.isEmpty ? nil : Self.client(fetch)
            for source in urls + files { await self.read(source, by: client) }
        } catch {
            self.fail("--ca-file: \(error)")
        }
        if let served { self.apply(served) }
    }

    /// Lays a server's own region over the others, and orders nodes like the server.
    private mutating func apply(_ served: ServedMap) {
        self.findings += served.notes
        if let region = served.ownRegion {
            let layer = DERPMapLayer(regions: [region.regionID: region])
            var map = DERPMap()
            map.apply(layer)
            self.findings += DERPMapDocument(map.yaml(), form: .yaml).findings.map {
                "\(RegionMap.ownOrigin): \($0.severity.rawValue): \($0.message)"
            }
            self.merged.apply(layer, from: RegionMap.ownOrigin)
        }
        if let seed = served.sources.nodeOrderSeed { self.merged.shuffleNodes(seed: seed) }
    }

    private mutating func fail(_ line: String) {
        self.findings.append(line)
        self.hasErrors = true
    }

    private static func client(_ options: FetchOptions) throws -> HTTPClient {
        let authorities = try options.caFile.map { try HTTPClient.readAuthorities(at: $0) }
        let group = try IOLoopGroup(count: 1)
        // The client holds its loop, and so keeps it running.
        return try HTTPClient(on: group.loops[0], authoritiesPEM: authorities)
    }

    private mutating func read(_ source: DERPMapSource, by client: HTTPClient?) async {
        switch await Result.awaiting({ () throws(DERPError) in try await source.load(by: client, waits: true) }) {
        case .success(.text(let text, _)): self.apply(text, of: source)
        case .success(.unchanged): break
        case .failure(let failure): self.fail("error: \(failure)")
        }
    }

    private mutating func apply(_ text: String, of source: DERPMapSource) {
        let document = DERPMapDocument(text, form: source.form)
        self.findings += document.findings.map {
            "\(source):\($0.line): \($0.severity.rawValue): \($0.message)"
        }
        if !document.isUsable { self.hasErrors = true }
        self.noteVainRemovals(by: document, of: source)
        self.merged.apply(document.layer, from: source.description)
        self.isFirst = false
    }

    /// Except in the first source, which may be meant for other maps.
    private mutating func noteVainRemovals(by document: DERPMapDocument, of source: DERPMapSource) {
        guard !self.isFirst else { return }
        for (id, line) in document.removals.sorted(by: { $0.value < $1.value })
        where self.merged.map.regions[id] == nil {
            self.findings.append("\(source):\(line): info: null removes nothing: region \(id) isn't in the map")
        }
    }
}
