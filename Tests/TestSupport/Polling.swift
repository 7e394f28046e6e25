/// Asks again and again until `condition` holds, and throws when `limit` passes first.
package func waitUntil(
    _ what: String,
    within limit: Duration = .seconds(30),
    isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let start = ContinuousClock.now
    while try await !condition() {
        guard start.duration(to: .now) < limit else { throw TooLate(what) }
        try await Task.sleep(for: .milliseconds(2))
    }
}
