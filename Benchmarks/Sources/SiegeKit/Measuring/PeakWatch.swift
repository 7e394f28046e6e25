import Glibc
import Synchronization

/// Samples a process twenty times a second, and records the most memory and descriptors that it had.
final class PeakWatch: Sendable {
    private let state: Mutex<(peak: ServerUse, isOver: Bool)>

    init(_ pid: Int32) {
        self.state = Mutex((ServerUse(of: pid), false))
        Crew.detach { [self] in
            while !self.state.withLock({ $0.isOver }) {
                self.note(ServerUse(of: pid))
                usleep(50_000)
            }
        }
    }

    private func note(_ use: ServerUse) {
        self.state.withLock { state in
            state.peak.memory = max(state.peak.memory, use.memory)
            state.peak.descriptors = max(state.peak.descriptors, use.descriptors)
        }
    }

    /// Stops sampling and returns the maximum.
    func stop() -> ServerUse {
        self.state.withLock { state in
            state.isOver = true
            return state.peak
        }
    }
}
