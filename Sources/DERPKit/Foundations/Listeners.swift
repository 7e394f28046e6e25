import AsyncSockets

/// Closures that are told of something that happens now and then.
final class Listeners<Value: Sendable>: Sendable {
    private let all = Lock<[@Sendable (Value) -> Bool]>([])

    /// Adds one.
    ///
    /// - Parameter listener: returns whether it wants to hear more. It must not block, nor tell or add to these listeners.
    func add(_ listener: @escaping @Sendable (Value) -> Bool) {
        self.all.withLock { $0.append(listener) }
    }

    func tell(_ value: Value) {
        self.all.withLock { all in all.removeAll { !$0(value) } }
    }
}
