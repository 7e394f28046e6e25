import AsyncSockets

/// Counts the outcomes of takeovers, for the metrics.
final class TakeoverTally: Sendable {
    struct Counts: Hashable, Sendable {
        /// Takeovers that were refused or failed, with this server as the predecessor.
        var refused: UInt64 = 0
        /// Successors that now serve.
        var completed: UInt64 = 0
        /// The number of this server's sockets that came from its predecessor.
        var inherited = 0
    }

    private let state = Lock(Counts())

    var counts: Counts { self.state.withLock { $0 } }

    func count(_ path: any WritableKeyPath<Counts, UInt64> & Sendable) {
        self.state.withLock { $0[keyPath: path] += 1 }
    }

    func noteInherited(_ count: Int) {
        self.state.withLock { $0.inherited = count }
    }
}
