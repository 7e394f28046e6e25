import AsyncSockets

/// A client that waits for a decision, until the answer comes or its connection fails. Confined to the loop.
// @unchecked: confined to the stream's loop.
final class PendingAdmission: StreamWriteHandler, @unchecked Sendable {
    private let stream: TCPStream
    private var decision: AdmissionDecision?
    private var waiter: UnsafeContinuation<Void, Never>?

    init(_ stream: TCPStream) {
        self.stream = stream
        // So that it learns when the stream ends, by its deadline or because the server stops.
        stream.writeHandler = self
    }

    func settle(_ decision: AdmissionDecision) {
        self.stream.loop.assertCurrent()
        self.decision = decision
        self.resume()
    }

    func streamChanged() {
        if self.stream.failure != nil { self.resume() }
    }

    /// Waits for the answer; returns `nil` if the stream failed first.
    func wait(isolation: isolated (any Actor)? = #isolation) async -> AdmissionDecision? {
        await withUnsafeContinuation { waiter in
            guard self.decision == nil, self.stream.failure == nil else { return waiter.resume() }
            self.waiter = waiter
        }
        self.stream.writeHandler = nil
        return self.stream.failure == nil ? self.decision : nil
    }

    private func resume() {
        guard let waiter = self.waiter else { return }
        self.waiter = nil
        waiter.resume()
    }
}
