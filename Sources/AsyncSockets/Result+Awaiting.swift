extension Result {
    /// Returns the result of `body`: what it returns, or what it throws. Runs where the caller runs.
    ///
    /// ```swift
    /// let result = await Result.awaiting { () throws(SocketError) in try await stream.startTLS(context) }
    /// ```
    ///
    /// Use this instead of a `do throws` that awaits, which this package avoids: in an optimised build, Swift 6.3.1
    /// loses what was stored in the result's place before an `await` whose failure is caught in the same function
    /// (docs/development.md, "Code to avoid"). Here nothing is stored before.
    package static func awaiting(
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(Failure) -> Success
    ) async -> Self {
        let success: Success
        do throws(Failure) {
            success = try await body()
        } catch {
            return .failure(error)
        }
        return .success(success)
    }
}
