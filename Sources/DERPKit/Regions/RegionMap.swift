import AsyncSockets
import Logging

/// The DERP map that this server serves: its merged sources, and its own region. It is encoded when it changes, and not
/// for each request.
public actor RegionMap {
    /// The map as it goes to clients.
    package struct Document: Hashable, Sendable {
        /// `application/json`.
        package let json: [UInt8]
        /// A strong entity tag with its quotes (RFC 9110 §8.8.3), a digest of ``json``.
        package let etag: String
    }

    /// The current map, and where its regions come from.
    package private(set) var layered: LayeredDERPMap
    /// ``map`` as it goes to clients.
    package private(set) var document: Document
    /// The number of times that a source was asked and had nothing good to say.
    package private(set) var failureCount: UInt64 = 0

    /// Who wants to hear that the map has changed.
    nonisolated let listeners = Listeners<Void>()
    private var ownRegion: DERPRegion?
    private let settings: Sources
    private let client: HTTPClient?
    private let cache: DERPMapCache?
    private let logger: Logger
    /// The log lines about what is wrong with each source, by its index. It may be something else at each refresh.
    private let sourceLines: [LimitedLine]
    /// The log lines about changes of the map.
    private let changeLines: LimitedLine
    /// The log lines about regions that should be removed and weren't there.
    private let removalLines: LimitedLine
    private var sources: [TrackedSource]
    private var refreshes = 0
    /// The number of consecutive refreshes of URLs that failed.
    private var failuresInRow = 0
    /// Whether events are logged. ``run()`` logs what ``loadFiles()`` finds, so that a start that fails prints one
    /// line.
    private var isLogging = false

    /// The origin of this server's own regions.
    package static let ownOrigin = "this server"

    /// Starts with this server's own region, or without one. Read the sources with ``load()``, and keep them up to
    /// date with ``run()``.
    ///
    /// - Parameters:
    ///   - ownRegion: This server's own region; `nil` if it has none.
    ///   - sources: What else the map is made of.
    ///   - group: The event loops. One of them serves the connections to URLs. `nil` for a loop that all maps and
    ///     clients without a group share.
    ///   - logger: The logger; `nil` logs nothing.
    /// - Throws: ``DERPError`` with code `invalidConfiguration` if the region's ID is out of range or a URL isn't one,
    ///   `certificate` if the authorities can't be used, or `exhausted` if this machine is out of files, memory or
    ///   threads for a loop.
    public init(
        ownRegion: DERPRegion?,
        sources: Sources = Sources(),
        on group: IOLoopGroup? = nil,
        logger: Logger? = nil
    ) throws(DERPError) {
        let tracked = try sources.all()
        self.ownRegion = ownRegion
        self.settings = sources
        self.sources = tracked.map(TrackedSource.init)
        self.client =
            sources.urls.isEmpty
            ? nil : try HTTPClient(on: try IOLoop.any(of: group), authoritiesPEM: sources.authoritiesPEM)
        self.cache = sources.cacheDirectory.map(DERPMapCache.init)
        let logger = logger ?? Logger(label: "derp") { _ in SwiftLogNoOpLogHandler() }
        self.logger = logger
        self.sourceLines = tracked.map { _ in LimitedLine(logger) }
        self.changeLines = LimitedLine(logger)
        self.removalLines = LimitedLine(logger)
        let layered = Self.merge([], own: ownRegion, settings: sources)
        self.layered = layered
        self.document = try Document(layered.map)
    }

    /// The current map.
    public var map: DERPMap { self.layered.map }

    /// The state of each source, in the order in which they are laid over each other.
    public var status: [SourceStatus] { self.sources.map(\.status) }

    /// Changes this server's own region, if it has one.
    ///
    /// - Throws: As ``init(ownRegion:sources:on:logger:)``; then the map is unchanged.
    public func updateOwnRegion(_ change: @Sendable (inout DERPRegion) -> Void) throws(DERPError) {
        guard var region = self.ownRegion else { return }
        change(&region)
        if region != self.ownRegion { try self.update(region) }
    }

    /// Makes `region` this server's own.
    ///
    /// - Throws: As ``init(ownRegion:sources:on:logger:)``; then the map is unchanged.
    package func update(_ region: DERPRegion) throws(DERPError) {
        let previous = self.ownRegion
        self.ownRegion = region
        do {
            try self.publish()
        } catch {
            self.ownRegion = previous
            throw error
        }
    }
}

// MARK: Reading

extension RegionMap {
    /// Reads all sources for the first time. A URL that can't be fetched isn't an error: what the cache has of it is
    /// served, or nothing, and ``run()`` tries again.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for a file that can't be used.
    public func load() async throws(DERPError) {
        try await self.loadFiles()
        await self.refresh(\.isPending)
        self.countFailures()
    }

    /// Reads the files for the first time, and what the cache has of the URLs. Nothing here waits for the network:
    /// ``run()`` then fetches the URLs.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for a file that can't be used.
    package func loadFiles() async throws(DERPError) {
        guard !self.sources.isEmpty else { return }
        self.readCache()
        await self.refresh(\.isFile)
        if let failure = self.sources.lazy.filter(\.isFile).compactMap(\.failure).first { throw failure }
    }

    /// Reads all sources again, now. A source that can't be read keeps what it said before.
    public func refresh() async {
        await self.refresh { _ in true }
        self.countFailures()
    }

    /// Keeps the map up to date until the task is cancelled. Reads files when they change and URLs at their interval,
    /// and fetches at once those that have not been fetched yet.
    public func run() async {
        self.isLogging = true
        guard !self.sources.isEmpty else { return }
        self.sources.indices.forEach(self.logSource)
        defer { self.flushLines() }
        self.logVainRemovals(unless: [:])
        // Independently: a URL that hangs keeps no file from being read.
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.followURLs() }
            tasks.addTask { await self.followFiles() }
        }
    }

    private func followURLs() async {
        let pending = self.sources.filter(\.isPending)
        if !pending.isEmpty {
            pending.forEach(self.logFetching)
            // A URL that hangs keeps no other from being served.
            await withDiscardingTaskGroup { tasks in
                for tracked in pending { tasks.addTask { await self.refresh(tracked.source) } }
            }
            self.countFailures()
        }
        while let due = self.nextUpdate(), (try? await Task.sleep(until: due)) != nil {
            await self.refresh()
        }
    }

    private func refresh(_ source: DERPMapSource) async {
        await self.refresh { $0.source == source }
    }

    private func followFiles() async {
        guard !self.settings.paths.isEmpty else { return }
        while (try? await Task.sleep(for: Self.filePause)) != nil {
            if self.sources.contains(where: \.hasChanged) { await self.refresh(\.hasChanged) }
        }
    }

    /// The interval for checking files.
    private static let filePause: Duration = .seconds(1)
    /// The pause before a failed URL is tried again. It doubles each time.
    private static let retryPause: Duration = .seconds(30)

    private func nextUpdate() -> ContinuousClock.Instant? {
        guard !self.settings.urls.isEmpty, self.settings.updateInterval > .zero else { return nil }
        let interval = max(self.settings.updateInterval, .seconds(1))
        guard self.failuresInRow > 0 else { return .now + interval * Double.random(in: 0.9...1.1) }
        let pause = Self.retryPause * (1 << min(self.failuresInRow - 1, 10))
        return .now + min(interval, pause) * Double.random(in: 0.9...1.1)
    }

    private func readCache() {
        guard let cache = self.cache else { return }
        for index in self.sources.indices {
            guard case .url(let url) = self.sources[index].source, let kept = cache.read(url) else { continue }
            self.sources[index].takeCached(kept.text, kept.validators)
        }
    }

    /// Reads the sources that are `wanted`, all at once.
    private func refresh(_ wanted: (TrackedSource) -> Bool) async {
        self.refreshes += 1
        let number = self.refreshes
        let client = self.client
        var asked = [Int]()
        for index in self.sources.indices where wanted(self.sources[index]) {
            asked.append(index)
            // Before the content: what is written in the meantime then counts as another change.
            if case .file(let path) = self.sources[index].source {
                self.sources[index].stamp = FileStamp(of: path)
            }
        }
        let questions = asked.map { (index: $0, tracked: self.sources[$0]) }
        let results = await withTaskGroup(of: (Int, Result<DERPMapSource.Answer, DERPError>).self) { group in
            for (index, tracked) in questions {
                group.addTask { (index, await tracked.ask(by: client)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        // A refresh that was given up has no result.
        guard !Task.isCancelled else { return }
        for index in asked {
            if let result = results[index] { self.take(result, from: index, ofRefresh: number) }
        }
        do {
            try self.publish()
        } catch {
            self.changeLines.log(.error, "The map can't be served", metadata: ["error": "\(error)"])
        }
    }

    /// Counts the result of a refresh of the URLs.
    private func countFailures() {
        let urlsHaveFailed = self.sources.contains { !$0.isFile && $0.failure != nil }
        self.failuresInRow = urlsHaveFailed ? self.failuresInRow + 1 : 0
    }

    private func take(_ result: Result<DERPMapSource.Answer, DERPError>, from index: Int, ofRefresh number: Int) {
        let hasChanged = self.sources[index].take(result, ofRefresh: number)
        let tracked = self.sources[index]
        if tracked.failure != nil { self.failureCount += 1 }
        if self.isLogging, hasChanged || tracked.failure != nil { self.logSource(index) }
        guard hasChanged, case .url(let url) = tracked.source, case .success(.text(let text, let validators)) = result
        else {
            return
        }
        do {
            try self.cache?.write(text, validators, of: url)
        } catch {
            self.sourceLines[index].log(
                .warning,
                "A fetched map can't be kept for the next start",
                metadata: ["source": "\(url)", "error": "\(error)"]
            )
        }
    }

    /// Logs what is wrong with a source, if anything is.
    private func logSource(_ index: Int) {
        let tracked = self.sources[index]
        let lines = self.sourceLines[index]
        let name: Logger.Metadata = ["source": "\(tracked.source)"]
        if let failure = tracked.failure {
            lines.log(
                .warning,
                tracked.document == nil
                    ? "A source of the map failed, and nothing that it said before is known"
                    : "A source of the map failed: what it said before is kept",
                metadata: name.merging(["error": "\(failure)"]) { $1 }
            )
            return
        }
        for finding in tracked.document?.findings ?? [] {
            lines.log(
                .warning,
                "A source of the map looks wrong",
                metadata: name.merging(["at": "\(finding)"]) { $1 }
            )
        }
    }

    /// Logs what was left out last, because nothing is refreshed any more.
    private func flushLines() {
        for line in self.sourceLines + [self.changeLines, self.removalLines] { line.flush() }
    }

    /// Logs what is served of a URL that is fetched for the first time.
    private func logFetching(_ tracked: TrackedSource) {
        self.logger.info(
            tracked.document == nil
                ? "A map is being fetched: until then nothing of it is served"
                : "A map is being fetched: until then what the cache has of it is served",
            metadata: ["source": "\(tracked.source)"]
        )
    }
}

// MARK: Publishing

extension RegionMap {
    private func publish() throws(DERPError) {
        let layered = Self.merge(self.sources, own: self.ownRegion, settings: self.settings)
        guard layered != self.layered else { return }
        let document = try Document(layered.map)
        let difference = DERPMapDifference(from: self.layered.map, to: layered.map)
        let formerRemovals = self.layered.vainRemovals
        self.layered = layered
        self.document = document
        if !difference.isEmpty { self.listeners.tell(()) }
        guard self.isLogging else { return }
        self.logVainRemovals(unless: formerRemovals)
        guard !difference.isEmpty else { return }
        let count = layered.map.regions.count
        self.changeLines.log(
            .info,
            "The map has changed",
            metadata: [
                "regions": "\(count)", "added": "\(Self.list(difference.added.map(\.regionID)))",
                "removed": "\(Self.list(difference.removed.map(\.regionID)))",
                "changed": "\(Self.list(difference.changed.map(\.later.regionID)))",
            ]
        )
    }

    private func logVainRemovals(unless previous: [Int: String]) {
        for (id, origin) in self.layered.vainRemovals where previous[id] != origin {
            self.removalLines.log(
                .info,
                "A source removes a region that isn't in the map",
                metadata: ["id": "\(id)", "source": "\(origin)"]
            )
        }
    }

    /// Returns the first of `ids`, and how many more there are, because a source may have thousands.
    private static func list(_ ids: [Int]) -> String {
        let more = ids.count - Self.listedIDs
        return more > 0 ? "\(Array(ids.prefix(Self.listedIDs))) and \(more) more" : "\(ids)"
    }

    private static let listedIDs = 20

    private static func merge(_ sources: [TrackedSource], own: DERPRegion?, settings: Sources) -> LayeredDERPMap {
        var layered = LayeredDERPMap()
        for tracked in sources {
            guard let document = tracked.document else { continue }
            layered.apply(document.layer, from: tracked.source.description)
        }
        if let own, settings.includesOwnRegion {
            layered.apply(DERPMapLayer(regions: [own.regionID: own]), from: Self.ownOrigin)
        }
        if let seed = settings.nodeOrderSeed { layered.shuffleNodes(seed: seed) }
        return layered
    }
}

extension RegionMap.Document {
    fileprivate init(_ map: DERPMap) throws(DERPError) {
        for id in map.regions.keys where !DERPRegion.validIDs.contains(id) {
            throw DERPError(.invalidConfiguration, "a region's id is \(id), which is not in 1…2^53-1")
        }
        self.json = try map.json()
        self.etag = "\"" + Hex.encode(SHA256.digest(of: self.json).prefix(16)) + "\""
    }
}
