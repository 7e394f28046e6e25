import AsyncSockets

/// A client's connection through the proxy. Confined to the proxy's loop.
// @unchecked: confined to the loop.
final class ProxiedConnection: @unchecked Sendable {
    /// What happens to bytes.
    enum Passage: Sendable {
        /// They are passed on.
        case open
        /// They wait in both directions.
        case stalled
        /// Bytes from the relay are discarded.
        case silenced
    }

    private let near: TCPStream
    private let far: TCPStream
    private var passage: Passage
    /// Whether bytes from the relay were discarded, so that later ones would be out of place.
    private var hasDiscarded = false
    private var isEnding = false
    private var waiters: [UnsafeContinuation<Void, Never>] = []

    /// Makes a connection.
    ///
    /// - Parameters:
    ///   - near: The stream to the client.
    ///   - far: The stream to the relay.
    init(near: TCPStream, far: TCPStream, passage: Passage) {
        self.near = near
        self.far = far
        self.passage = passage
    }

    /// The client's address as the relay sees it.
    var addressAtRelay: IPEndpoint? { self.far.localAddress }

    /// Passes bytes on until one end closes, then closes the other.
    func serve() async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.pass(from: self.near, to: self.far) }
            tasks.addTask { await self.pass(from: self.far, to: self.near) }
        }
        guard self.near.failure == nil, self.far.failure == nil else { return self.cut() }
        // So that the peer can still read the last bytes.
        await self.near.finish()
        await self.far.finish()
    }

    /// Closes both ends at once.
    func cut() {
        self.near.close()
        self.far.close()
        self.end()
    }

    /// Changes what happens to bytes. A connection that was silenced, and lost bytes by that, is cut instead of opened.
    func set(_ passage: Passage) {
        if passage == .open, self.hasDiscarded { return self.cut() }
        self.passage = passage
        self.wake()
        // So that a task that waits for bytes checks the passage again.
        self.near.interrupt()
        self.far.interrupt()
    }

    private func end() {
        self.isEnding = true
        // The other direction may be writing to a peer that doesn't read.
        for stream in [self.near, self.far] where stream.failure == nil { stream.setDeadline(.seconds(1)) }
        self.wake()
        self.near.interrupt()
        self.far.interrupt()
    }

    private func wake() {
        let waiters = self.waiters
        self.waiters = []
        waiters.forEach { $0.resume() }
    }

    private func pass(from source: TCPStream, to destination: TCPStream) async {
        defer { self.end() }
        while !self.isEnding {
            guard self.passage != .stalled else {
                await withUnsafeContinuation { self.waiters.append($0) }
                continue
            }
            let bytes: [UInt8]
            let stream = source
            switch stream.receive() {
            case .bytes(let received): bytes = Array(received)
            case .wouldBlock:
                await stream.waitUntilReadable()
                continue
            case .closed, .failed: return
            }
            if self.passage == .silenced, source === self.far {
                self.hasDiscarded = true
                continue
            }
            guard (try? await destination.write(bytes)) != nil else { return }
        }
    }
}
