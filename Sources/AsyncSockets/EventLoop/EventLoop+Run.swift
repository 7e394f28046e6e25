extension EventLoop {
    /// Runs `body` on the loop's thread, and returns what it returns.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        await Task(executorPreference: self) { await body() }.value
    }
}
