import Synchronization

/// Numbers from 1 on, for many threads.
final class Counter: Sendable {
    private let state = Atomic<Int>(0)

    func next() -> Int { self.state.wrappingAdd(1, ordering: .relaxed).newValue }

    /// The last that was given.
    var value: Int { self.state.load(ordering: .relaxed) }
}
