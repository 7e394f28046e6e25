import Synchronization

/// Waits until several loops have done something.
final class Acknowledgement: Sendable {
    private let missing: Atomic<Int>
    private let waiter: UnsafeContinuation<Void, Never>

    /// Creates an acknowledgement that resumes `waiter` when `count` loops have acknowledged. `count` is at least one.
    init(count: Int, resuming waiter: UnsafeContinuation<Void, Never>) {
        self.missing = Atomic(count)
        self.waiter = waiter
    }

    func acknowledge() {
        if self.missing.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { self.waiter.resume() }
    }
}
