import AsyncSockets
import DERPKit

/// Admits all clients except those that a test refuses.
final class Doorman: ClientVerifier {
    private struct State {
        var refusesAll = false
        var refused: Set<NodePublicKey> = []
    }

    private let state = Lock(State())

    func refuse(_ key: NodePublicKey?) {
        self.state.withLock { state in
            if let key { state.refused.insert(key) } else { state.refusesAll = true }
        }
    }

    func admit(_ key: NodePublicKey?) {
        self.state.withLock { state in
            if let key { state.refused.remove(key) } else { state = State() }
        }
    }

    func decide(on request: AdmissionRequest) async -> AdmissionDecision {
        let isRefused = self.state.withLock { $0.refusesAll || $0.refused.contains(request.key) }
        return isRefused ? .deny(.denied, detail: "the test refuses it") : .allow
    }
}
