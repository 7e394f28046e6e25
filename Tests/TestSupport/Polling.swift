/// Asks again and again until `condition` holds, and throws when `limit`, or what a sanitizer makes of it, passes
/// first.
package func waitUntil(
    _ what: String,
    within limit: Duration = .seconds(30),
    isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit * Sanitizer.slowness
    while try await !condition() {
        guard ContinuousClock.now < end else { throw TooLate(what) }
        try await Task.sleep(for: .milliseconds(2))
    }
}
