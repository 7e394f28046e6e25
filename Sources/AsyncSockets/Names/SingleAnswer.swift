/// An answer for which one task waits. It is given once, by whoever has the answer or gives up.
package final class SingleAnswer<Value: Sendable>: Sendable {
    private enum State {
        case new
        case awaited(CheckedContinuation<Value, Never>)
        case given(Value)
    }

    private let state = Lock(State.new)

    package init() {}

    package var isGiven: Bool {
        self.state.withLock { if case .given = $0 { true } else { false } }
    }

    /// Returns the answer, which may have been given before. Call it only once.
    package func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = self.state.withLock { state in
                if case .given(let value) = state { return value }
                state = .awaited(continuation)
                return nil
            }
            if let value { continuation.resume(returning: value) }
        }
    }

    /// Gives the answer. Returns `false` if there was one before.
    @discardableResult
    package func give(_ value: Value) -> Bool {
        let (isFirst, continuation) = self.state.withLock {
            state -> (Bool, CheckedContinuation<Value, Never>?) in
            switch state {
            case .given: return (false, nil)
            case .new:
                state = .given(value)
                return (true, nil)
            case .awaited(let continuation):
                state = .given(value)
                return (true, continuation)
            }
        }
        continuation?.resume(returning: value)
        return isFirst
    }
}
