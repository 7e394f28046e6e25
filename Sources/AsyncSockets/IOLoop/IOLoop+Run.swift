import CAsyncSockets

extension IOLoop {
    /// What the loops' clock says now: ``now`` of one that begins a tick. From any thread.
    package static var clock: UInt64 { cas_monotonic_nanoseconds() }

    /// Runs `body` on the loop's thread, and returns what it returns.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        await Task(executorPreference: self) { await body() }.value
    }
}
