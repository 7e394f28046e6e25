import DERPKit
import Synchronization

/// What the rounds of a watch read last: when it can't be read again, what it told of is looked at all the same.
final class CheckMemory: Sendable {
    private struct State {
        var regions: [DERPRegion]?
        var map = DERPMap()
        var authoritiesPEM: String?
    }

    private let state = Mutex(State())

    func note(_ regions: [DERPRegion], in map: DERPMap) {
        self.state.withLock { state in
            state.regions = regions
            state.map = map
        }
    }

    func note(authoritiesPEM: String) { self.state.withLock { $0.authoritiesPEM = authoritiesPEM } }

    /// The regions that were looked at last, and the map that they are from; `nil`: none were.
    var regions: (regions: [DERPRegion], map: DERPMap)? {
        self.state.withLock { state in state.regions.map { ($0, state.map) } }
    }

    var authoritiesPEM: String? { self.state.withLock { $0.authoritiesPEM } }
}
