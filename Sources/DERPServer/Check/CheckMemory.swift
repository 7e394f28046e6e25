import AsyncSockets
import DERPKit

/// What the rounds of a watch read last. If it can't be read again, the rounds check the same regions as before.
final class CheckMemory: Sendable {
    private struct State {
        var regions: [DERPRegion]?
        var map = DERPMap()
        var authoritiesPEM: String?
    }

    private let state = Lock(State())

    func note(_ regions: [DERPRegion], in map: DERPMap) {
        self.state.withLock { state in
            state.regions = regions
            state.map = map
        }
    }

    func note(authoritiesPEM: String) { self.state.withLock { $0.authoritiesPEM = authoritiesPEM } }

    /// The regions that were checked last, and their map; `nil` if there are none.
    var regions: (regions: [DERPRegion], map: DERPMap)? {
        self.state.withLock { state in state.regions.map { ($0, state.map) } }
    }

    var authoritiesPEM: String? { self.state.withLock { $0.authoritiesPEM } }
}
