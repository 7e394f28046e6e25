import AsyncSockets
import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import DERPKit

@Suite("Sources of the region map", .serialized)
struct RegionMapSourcesTests {
    private let group: IOLoopGroup
    private let directory: TemporaryDirectory

    private static let own = DERPRegion(
        regionID: 900,
        regionCode: "own",
        regionName: "Own",
        nodes: [DERPNode(name: "900a", regionID: 900, hostName: "own.relays.test")]
    )

    /// A map in JSON with these regions.
    private static func json(_ ids: Int..., code: String = "url") -> String {
        let regions = ids.map { id in
            "\"\(id)\":{\"RegionCode\":\"\(code)\",\"Nodes\":[{\"Name\":\"\(id)a\",\"HostName\":\"h\(id).relays.test\"}]}"
        }
        return "{\"Regions\":{\(regions.joined(separator: ","))}}"
    }

    private static func yaml(_ id: Int, code: String) -> String {
        "regions: {\(id): {regioncode: \(code), nodes: [{name: \(id)f, hostname: f.relays.test}]}}"
    }

    init() throws {
        self.group = try IOLoopGroup(count: 1)
        self.directory = try TemporaryDirectory()
    }

    private func map(
        logger: Logger? = nil,
        _ change: (inout RegionMap.Sources) throws -> Void
    ) throws -> RegionMap {
        var sources = RegionMap.Sources()
        try change(&sources)
        return try RegionMap(ownRegion: Self.own, sources: sources, on: self.group, logger: logger)
    }

    @Test("sources that look wrong in thousands of places, again and again, don't fill the log")
    func limitedLines() async throws {
        let lines = NotedLines()
        let path = self.directory.file("derp.yaml")
        func write(_ round: Int) throws {
            // Two regions' nodes have one name each time, and regions aren't there.
            let wrong = (1000..<3000).map { "\($0): {regioncode: r\(round), nodes: [{name: n, hostname: h\($0)}]}" }
            let vain = (3000...5000).map { "\($0 + round * 10_000): null" }
            try self.directory.write("regions: {\((wrong + vain).joined(separator: ", "))}", to: "derp.yaml")
        }
        try write(0)
        let map = try self.map(logger: lines.logger()) { $0.paths = [path] }
        try await map.loadFiles()
        let run = Task { await map.run() }
        for round in 1...3 {
            try write(round)
            await map.refresh()
        }
        run.cancel()
        await run.value
        let findings = lines.all("A source of the map looks wrong")
        #expect((10...13).contains(findings.count), "\(findings.count)")
        #expect(findings.map(\.count).reduce(0, +) >= 300)
        let removals = lines.all("A source removes a region that isn't in the map")
        #expect((10...13).contains(removals.count), "\(removals.count)")
        #expect(removals.map(\.count).reduce(0, +) >= 4 * 2001)
        let changes = lines.all("The map has changed")
        #expect(changes.count == 3)
        #expect(changes.allSatisfy { $0.metadata["changed"]?.hasSuffix(" and 1980 more") == true })
        #expect(lines.all.count < 60)
    }

    @Test("URLs, then files, then the own region, the last with an id wins; the tag changes with the content")
    func merged() async throws {
        let nginx = try await NginxServer(files: [
            "a.json": Self.json(1, 2), "b.json": Self.json(2, 900, code: "second"),
        ])
        let file = try self.directory.write("regions: {1: null, 5: {regioncode: file}}", to: "derp.yaml")
        let map = try self.map {
            $0.urls = [nginx.https("/a.json"), nginx.http("/hop2/b.json")]
            $0.paths = [file]
            $0.authoritiesPEM = try nginx.authorityPEM
        }
        let before = await map.document
        try await map.load()
        #expect(await map.map.regions.mapValues(\.regionCode) == [2: "second", 5: "file", 900: "own"])
        #expect(await map.layered.removals == [1: file])
        #expect(await map.document.etag != before.etag)
        #expect(await map.status.map(\.regionCount) == [2, 2, 1])
        #expect(await map.status.allSatisfy { $0.failure == nil })
    }

    @Test("without the own region the map is that of the sources alone")
    func withoutOwn() async throws {
        let file = try self.directory.write(Self.yaml(5, code: "file"), to: "derp.yaml")
        let map = try self.map {
            $0.paths = [file]
            $0.includesOwnRegion = false
        }
        try await map.load()
        #expect(await map.map.regions.keys.sorted() == [5])
        try await map.update(Self.own)
        #expect(await map.map.regions.keys.sorted() == [5])
    }

    @Test("a file that can't be used is an error at the start, with its line, and none later")
    func brokenFile() async throws {
        let file = try self.directory.write("regions:\n  900:\n    RegionID: 900\n", to: "derp.yaml")
        let map = try self.map { $0.paths = [file] }
        let error = await #expect(throws: DERPError.self) { try await map.load() }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message == "\(file): line 3: error: the key \"RegionID\" is spelt regionid")
        let missing = try self.map { $0.paths = [self.directory.file("none")] }
        await #expect(throws: DERPError.self) { try await missing.load() }

        try self.directory.write(Self.yaml(5, code: "good"), to: "derp.yaml")
        try await map.load()
        try self.directory.write("regions: {", to: "derp.yaml")
        await map.refresh()
        #expect(await map.map.regions[5]?.regionCode == "good")
        #expect(await map.status[0].failure?.contains("it is not YAML") == true)
        #expect(await map.failureCount == 2)
    }

    @Test("a URL that fails keeps what it said, also across a restart, and recovers")
    func brokenURL() async throws {
        let nginx = try await NginxServer(files: ["map.json": Self.json(1)])
        let cache = self.directory.file("cache/maps")
        let change: (inout RegionMap.Sources) -> Void = {
            $0.urls = [nginx.http("/map.json?secret")]
            $0.cacheDirectory = cache
        }
        let map = try self.map(change)
        try await map.load()
        for broken in ["{\"Regions\":", "<html>", "{\"Regions\":{\"0\":{}}}"] {
            try nginx.directory.write(broken, to: "map.json")
            await map.refresh()
            #expect(await map.map.regions.keys.sorted() == [1, 900])
            #expect(await map.status[0].failure != nil)
        }
        try nginx.directory.write(Self.json(1, 2), to: "map.json")
        await map.refresh()
        #expect(await map.map.regions.keys.sorted() == [1, 2, 900])
        #expect(await map.status[0].failure == nil)

        nginx.stop()
        let restarted = try self.map(change)
        try await restarted.load()
        #expect(await restarted.map.regions.keys.sorted() == [1, 2, 900])
        let failure = try #require(await restarted.status[0].failure)
        #expect(!failure.contains("secret"))

        let forgetful = try self.map { $0.urls = [nginx.http("/map.json")] }
        try await forgetful.load()
        #expect(await forgetful.map.regions.keys.sorted() == [900])
    }

    @Test("a map without loops of its own fetches URLs, too")
    func sharedLoops() async throws {
        let nginx = try await NginxServer(files: ["map.json": Self.json(1)])
        defer { nginx.stop() }
        var sources = RegionMap.Sources()
        sources.urls = [nginx.http("/map.json")]
        let map = try RegionMap(ownRegion: Self.own, sources: sources)
        try await map.load()
        #expect(await map.map.regions.keys.sorted() == [1, 900])
    }

    @Test(
        "files and the cache are served without the network, and URLs as they are fetched, each by itself",
        .timeLimit(.minutes(2))
    )
    func fetchedLater() async throws {
        let nginx = try await NginxServer(files: ["map.json": Self.json(1)])
        let file = try self.directory.write(Self.yaml(5, code: "first"), to: "derp.yaml")
        let cache = self.directory.file("maps")
        let change: (inout RegionMap.Sources) -> Void = {
            $0.urls = [nginx.http("/slow.txt"), nginx.http("/map.json")]
            $0.paths = [file]
            $0.cacheDirectory = cache
        }
        let map = try self.map(change)
        try await map.loadFiles()
        #expect(await map.map.regions.keys.sorted() == [5, 900])
        #expect(await map.status.map(\.isPending) == [true, true, false])

        let start = ContinuousClock.now
        let running = Task { await map.run() }
        try await waitUntil("one is fetched") { await map.map.regions[1] != nil }
        try self.directory.write(Self.yaml(5, code: "second"), to: "derp.yaml")
        try await waitUntil("the file is read again") { await map.map.regions[5]?.regionCode == "second" }
        // Unless the machine was too slow to see it, the other one was still being fetched.
        let isPending = await map.status[0].isPending
        #expect(isPending || start.duration(to: .now) > .seconds(9))
        try await waitUntil("the other is given up") { await map.status[0].failure != nil }
        #expect(await map.status.map(\.isPending) == [false, false, false])
        running.cancel()

        nginx.stop()
        let restarted = try self.map(change)
        try await restarted.loadFiles()
        #expect(await restarted.map.regions.keys.sorted() == [1, 5, 900])
        #expect(await restarted.status.map(\.isPending) == [true, true, false])
        let rerunning = Task { await restarted.run() }
        defer { rerunning.cancel() }
        try await waitUntil("it can't be fetched") { await restarted.status[1].failure != nil }
        #expect(await restarted.map.regions.keys.sorted() == [1, 5, 900])
    }

    @Test("a file that can't be used is reported before any URL is asked, and a spoilt cache counts as none")
    func spoiltCache() async throws {
        let nginx = try await NginxServer(files: ["map.json": Self.json(1)])
        let cache = self.directory.file("maps")
        let change: (inout RegionMap.Sources) -> Void = {
            $0.urls = [nginx.http("/map.json")]
            $0.cacheDirectory = cache
        }
        try await self.map(change).load()
        let kept = try #require(FileManager.default.contentsOfDirectory(atPath: cache).first)
        try AtomicFile.write("\"tag\"\n\n{\"Regions\":", to: "\(cache)/\(kept)", mode: 0o600, existing: .replace)
        let map = try self.map(change)
        try await map.loadFiles()
        #expect(await map.map.regions.keys.sorted() == [900])
        #expect(await map.status[0].failure == nil)
        #expect(await map.status[0].isPending)
        // With the tag of what was spoilt, the server would say that nothing has changed.
        try await map.load()
        #expect(await map.map.regions.keys.sorted() == [1, 900])

        let broken = try self.map {
            $0.urls = [nginx.http("/slow.txt")]
            $0.paths = [self.directory.file("none")]
        }
        await #expect(throws: DERPError.self) { try await broken.load() }
        #expect(await broken.status.map(\.isPending) == [true, false])
    }

    @Test("error pages, redirects without end and answers cut short are failures")
    func badAnswers() async throws {
        let nginx = try await NginxServer()
        let short = try await ScriptedServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Regions\":{}}")
        let unasked = try await ScriptedServer(answer: "HTTP/1.1 304 Not Modified\r\n\r\n")
        let map = try self.map {
            $0.urls = [nginx.http("/500"), nginx.http("/loop"), nginx.http("/none"), short.url, unasked.url]
        }
        try await map.load()
        let failures = await map.status.map(\.failure)
        #expect(failures[0]?.contains("status 500") == true)
        #expect(failures.allSatisfy { $0 != nil })
        #expect(await map.failureCount == 5)
    }

    @Test("a source that dawdles is given up after 10 s, and holds up no other", .timeLimit(.minutes(1)))
    func slow() async throws {
        let nginx = try await NginxServer(files: ["map.json": Self.json(1)])
        let map = try self.map { $0.urls = [nginx.http("/slow.txt"), nginx.http("/map.json")] }
        let start = ContinuousClock.now
        try await map.load()
        #expect((.seconds(9)...(.seconds(30) * Sanitizer.slowness)).contains(ContinuousClock.now - start))
        #expect(await map.status.map { $0.failure == nil } == [false, true])
        #expect(await map.map.regions.keys.sorted() == [1, 900])
    }

    @Test("what the server says is unchanged isn't sent again")
    func unchanged() async throws {
        let nginx = try await NginxServer(files: ["map.json": Self.json(1)])
        let source = try DERPMapSource(nginx.http("/map.json"))
        let client = try HTTPClient(on: self.group.loops[0])
        guard case .text(_, let validators) = try await source.load(by: client) else {
            Issue.record("a first answer has text")
            return
        }
        #expect(validators.entityTag != nil && validators.lastModified != nil)
        #expect(try await source.load(by: client, unless: validators) == .unchanged)
    }

    @Test("a file that is changed, replaced or repaired is read again by itself")
    func watched() async throws {
        let file = try self.directory.write(Self.yaml(5, code: "first"), to: "derp.yaml")
        let map = try self.map { $0.paths = [file] }
        try await map.load()
        let running = Task { await map.run() }
        defer { running.cancel() }
        for code in ["second", "third"] {
            try self.directory.write(Self.yaml(5, code: code), to: "derp.yaml.new")
            #expect(rename(self.directory.file("derp.yaml.new"), file) == 0)
            try await waitUntil("the map is read again", within: .seconds(60)) {
                await map.map.regions[5]?.regionCode == code
            }
        }
        try self.directory.write("regions: [", to: "derp.yaml")
        try await waitUntil("the map is read again", within: .seconds(60)) { await map.status[0].failure != nil }
        #expect(await map.map.regions[5]?.regionCode == "third")
        try self.directory.write(Self.yaml(5, code: "repaired"), to: "derp.yaml")
        try await waitUntil("the map is read again", within: .seconds(60)) {
            await map.map.regions[5]?.regionCode == "repaired"
        }
    }

    @Test("URLs are fetched again as often as it was asked for")
    func updated() async throws {
        let nginx = try await NginxServer(files: ["map.json": Self.json(1)])
        let map = try self.map {
            $0.urls = [nginx.http("/map.json")]
            $0.updateInterval = .seconds(1)
        }
        try await map.load()
        let running = Task { await map.run() }
        defer { running.cancel() }
        try nginx.directory.write(Self.json(1, 2), to: "map.json")
        try await waitUntil("the map is read again", within: .seconds(60)) { await map.map.regions[2] != nil }
    }
}
