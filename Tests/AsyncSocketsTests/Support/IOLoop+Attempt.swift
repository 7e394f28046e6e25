import AsyncSockets

extension IOLoop {
    /// Runs `body` on the loop's thread, and returns or throws what it does, if that is soon enough.
    func attempt<Result: Sendable>(
        within time: Duration = .seconds(10),
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await AsyncSocketsTests.within(time) {
            try await self.run { () async -> Swift.Result<Result, any Error> in
                await Swift.Result.awaiting { try await body() }
            }.get()
        }
    }
}
