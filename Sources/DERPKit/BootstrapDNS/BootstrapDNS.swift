import AsyncSockets

/// Answers `/bootstrap-dns`. Looks up names in the background, never for a request.
///
/// Doesn't look up a node's name if the map tells its addresses. A name whose look-up fails keeps its previous
/// addresses.
package final class BootstrapDNS: Sendable {
    private struct State {
        var published: [String: [IPAddress]] = [:]
        var unpublished: [String: [IPAddress]] = [:]
        /// ``published`` as JSON. Empty as long as there are no names.
        var document: [UInt8] = []
        var counters = Counters()
    }

    package struct Counters: Hashable, Sendable {
        /// The number of names whose addresses are known.
        package var names = 0
        package var requests: UInt64 = 0
        /// The number of failed look-ups.
        package var failures: UInt64 = 0
    }

    private let names: BootstrapNames
    /// A resolver of its own, so that clients' admission doesn't wait for it.
    private let resolver: HostResolver
    private let state = Lock(State())

    /// The interval between look-ups of all names.
    private static let interval: Duration = .seconds(600)
    /// The interval after a failed look-up.
    private static let retryPause: Duration = .seconds(60)
    /// The interval for checking the map for other names.
    private static let mapPause: Duration = .seconds(1)
    /// The maximum time for all look-ups of one round.
    private static let timeLimit: Duration = .seconds(60)
    /// The interval for publishing what has been found before the round is complete.
    private static let progressPause: Duration = .milliseconds(200)
    /// The number of look-ups at once: this many names without an answer don't hold up the others.
    private static let parallelLookups = 16

    package init(names: BootstrapNames, resolver: HostResolver = HostResolver(threadLimit: parallelLookups)) {
        self.names = names
        self.resolver = resolver
    }

    package var counters: Counters { self.state.withLock { $0.counters } }

    /// Returns the answer: `{"<name>":["<address>",…],…}`, or nothing if there are no names.
    ///
    /// - Parameter query: The request's query. `q=<name>` with a name that isn't published is answered with only that
    ///   name, and everything else with the published names, as derper does.
    package func answer(query: String?) -> [UInt8] {
        let asked = Self.askedName(query)
        return self.state.withLock { state in
            state.counters.requests += 1
            guard let asked, let addresses = state.unpublished[asked] else { return state.document }
            return Self.json([asked: addresses])
        }
    }

    private static func askedName(_ query: String?) -> String? {
        query?.parts(at: "&").lazy.compactMap { $0.rest(after: "q=") }.first?.lowercasedASCII
    }

    /// Written by hand: nothing in a DNS name needs escaping.
    private static func json(_ names: [String: [IPAddress]]) -> [UInt8] {
        let members = names.sorted { $0.key < $1.key }.map { name, addresses in
            "\"\(name)\":[\(addresses.map { "\"\($0)\"" }.joined(separator: ","))]"
        }
        return Array("{\(members.joined(separator: ","))}\n".utf8)
    }
}

// MARK: Looking up

extension BootstrapDNS {
    /// Looks up the names repeatedly until the task is cancelled: every 10 minutes, and when the map changes.
    func run(for regionMap: RegionMap) async {
        var tag: String?
        var due = ContinuousClock.now
        while !Task.isCancelled {
            let current = await regionMap.document.etag
            if current != tag || due <= .now {
                tag = current
                let isComplete = await self.refresh(for: await regionMap.map)
                due = .now + (isComplete ? Self.interval : Self.retryPause) * Double.random(in: 0.9...1.1)
            }
            try? await Task.sleep(for: Self.mapPause)
        }
    }

    /// Looks up the names once. Publishes what is known in the meantime, so that a name without an answer holds up no
    /// other.
    ///
    /// - Returns: Whether none failed.
    func refresh(for map: DERPMap) async -> Bool {
        let round = Round(self.names, in: map)
        self.publish(round, [:])
        let found = await self.lookUp(round.wanted) { self.publish(round, $0) }
        guard !Task.isCancelled else { return false }
        self.publish(round, found)
        let failures = round.wanted.count { found[$0] == nil }
        self.state.withLock { $0.counters.failures += UInt64(failures) }
        return failures == 0
    }

    /// Publishes what the map and look-ups say, and for other names what was known before.
    private func publish(_ round: Round, _ found: [String: [IPAddress]]) {
        self.state.withLock { state in
            let previous = state.published.merging(state.unpublished) { first, _ in first }
            let all = round.names.reduce(into: [String: [IPAddress]]()) { all, name in
                let addresses = found[name] ?? round.known[name] ?? []
                // In no particular order, so that no client prefers a family.
                all[name] = addresses.isEmpty ? previous[name] : addresses.shuffled()
            }
            state.published = all.filter { round.published.contains($0.key) }
            state.unpublished = all.filter { !round.published.contains($0.key) }
            state.document = round.published.isEmpty ? [] : Self.json(state.published)
            state.counters.names = all.count
        }
    }

    private enum LookUpEvent: Sendable {
        case answer(name: String, addresses: [IPAddress]?)
        case tick, timeUp
    }

    /// Returns the addresses of those of `names` that have any and could be found in time.
    ///
    /// - Parameter onProgress: Called now and then with what was found so far, if there is more.
    private func lookUp(
        _ names: [String],
        onProgress: ([String: [IPAddress]]) -> Void
    ) async -> [String: [IPAddress]] {
        let resolver = self.resolver
        return await withTaskGroup(of: LookUpEvent.self) { group in
            func schedule(_ event: LookUpEvent, after time: Duration) {
                group.addTask {
                    try? await Task.sleep(for: time)
                    return event
                }
            }
            schedule(.timeUp, after: Self.timeLimit)
            schedule(.tick, after: Self.progressPause)
            var waiting = names[...]
            var open = 0
            var found = [String: [IPAddress]]()
            var toldCount = 0
            events: while true {
                while open < Self.parallelLookups, let name = waiting.popFirst() {
                    open += 1
                    group.addTask { .answer(name: name, addresses: try? await resolver.addresses(of: name)) }
                }
                guard open > 0, !Task.isCancelled, let event = await group.next() else { break }
                switch event {
                case .answer(let name, let addresses):
                    open -= 1
                    found[name] = addresses
                case .tick:
                    if found.count > toldCount { onProgress(found) }
                    toldCount = found.count
                    schedule(.tick, after: Self.progressPause)
                case .timeUp: break events
                }
            }
            group.cancelAll()
            return found
        }
    }
}
