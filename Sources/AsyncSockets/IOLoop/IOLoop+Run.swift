import CAsyncSockets

extension IOLoop {
    /// The current time of the loops' clock, which is ``now`` of a loop that begins a tick. Usable on any thread.
    package static var clock: UInt64 { cas_monotonic_nanoseconds() }

    /// Runs `body` on the loop's thread, and returns what it returns.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        await Task(executorPreference: self) { await body() }.value
    }
}
