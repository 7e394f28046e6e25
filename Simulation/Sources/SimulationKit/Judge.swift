import DERPKit
import Synchronization

/// Decides who is admitted, slowly, and not always.
final class Judge: ClientVerifier {
    struct State {
        var denied: Set<NodePublicKey> = []
        /// How long an answer takes.
        var delay: Duration = .zero
        var isBroken = false
    }

    let state = Mutex(State())

    func decide(on request: AdmissionRequest) async -> AdmissionDecision {
        let delay = self.state.withLock { $0.delay }
        if delay > .zero { try? await Task.sleep(for: delay) }
        return self.state.withLock { state in
            if state.isBroken { return .deny(.unavailable) }
            return state.denied.contains(request.key) ? .deny(.denied) : .allow
        }
    }
}
