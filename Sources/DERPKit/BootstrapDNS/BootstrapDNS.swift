import AsyncSockets
import Synchronization

/// Answers `/bootstrap-dns`. Names are looked up in the background, never for a request.
///
/// A node's name isn't looked up when the map tells its addresses. A name whose look-up fails keeps the addresses that
/// it had.
package final class BootstrapDNS: Sendable {
    private struct State {
        var published: [String: [IPAddress]] = [:]
        var unpublished: [String: [IPAddress]] = [:]
        /// ``published`` as JSON; empty as long as there are no names.
        var document: [UInt8] = []
        var counters = Counters()
    }

    package struct Counters: Hashable, Sendable {
        /// Names whose addresses are known.
        package var names = 0
        package var requests: UInt64 = 0
        /// Look-ups that failed.
        package var failures: UInt64 = 0
    }

    private let names: BootstrapNames
    /// Of its own, so that clients' admission doesn't wait for it.
    private let resolver: HostResolver
    private let state = Mutex(State())

    /// How often names are looked up.
    private static let interval: Duration = .seconds(600)
    /// How soon again, when a look-up has failed.
    private static let retryPause: Duration = .seconds(60)
    /// How often the map is looked at for other names.
    private static let mapPause: Duration = .seconds(1)
    /// How long all look-ups of one round may take.
    private static let timeLimit: Duration = .seconds(60)
    /// How often what was found is told before all is.
    private static let progressPause: Duration = .milliseconds(200)
    /// So many names that nobody answers for don't hold up the others.
    private static let parallelLookups = 16

    package init(names: BootstrapNames, resolver: HostResolver = HostResolver(threadLimit: parallelLookups)) {
        self.names = names
        self.resolver = resolver
    }

    package var counters: Counters { self.state.withLock { $0.counters } }

    /// The answer: `{"<name>":["<address>",…],…}`, or nothing when there are no names.
    ///
    /// - Parameter query: The request's query. `q=<name>` with a name that isn't published is answered with that name
    ///   alone, and everything else with the published ones, as derper does.
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

    /// By hand: a DNS name has nothing that needs escaping.
    private static func json(_ names: [String: [IPAddress]]) -> [UInt8] {
        let members = names.sorted { $0.key < $1.key }.map { name, addresses in
            "\"\(name)\":[\(addresses.map { "\"\($0)\"" }.joined(separator: ","))]"
        }
        return Array("{\(members.joined(separator: ","))}\n".utf8)
    }
}

// MARK: Looking up

extension BootstrapDNS {
    /// Looks the names up, again and again, until the task is cancelled: every 10 minutes, and when the map changes.
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

    /// Looks the names up once. What is known is told meanwhile: a name that nobody answers for holds up no other.
    ///
    /// - Returns: whether none failed.
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

    /// Tells what the map and look-ups say, and of other names what was known before.
    private func publish(_ round: Round, _ found: [String: [IPAddress]]) {
        self.state.withLock { state in
            let former = state.published.merging(state.unpublished) { first, _ in first }
            let all = round.names.reduce(into: [String: [IPAddress]]()) { all, name in
                let addresses = found[name] ?? round.known[name] ?? []
                // In no order, so that no client prefers a family.
                all[name] = addresses.isEmpty ? former[name] : addresses.shuffled()
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

    /// The addresses of those of `names` that have any, and that could be found in time.
    ///
    /// - Parameter onProgress: is told now and then what was found until then, when that is more.
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
