import Synchronization

/// What has come of takeovers, for the metrics.
final class TakeoverTally: Sendable {
    struct Counts: Sendable {
        /// Takeovers that were refused or failed, here as the server before.
        var refused: UInt64 = 0
        /// Successors that serve.
        var completed: UInt64 = 0
        /// How many of this server's sockets are from the one before.
        var inherited = 0
    }

    private let state = Mutex(Counts())

    var counts: Counts { self.state.withLock { $0 } }

    func count(_ path: WritableKeyPath<Counts, UInt64> & Sendable) {
        self.state.withLock { $0[keyPath: path] += 1 }
    }

    func noteInherited(_ count: Int) {
        self.state.withLock { $0.inherited = count }
    }
}
