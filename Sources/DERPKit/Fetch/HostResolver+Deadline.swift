import AsyncSockets

extension HostResolver {
    /// Like ``addresses(of:)``, but returns no later than `deadline`.
    ///
    /// - Throws: ``DERPError``: `timeout`, or as ``addresses(of:)``; also `exhausted` if most of the time passed before
    ///   the system was asked.
    package func addresses(
        of name: String,
        until deadline: ContinuousClock.Instant
    ) async throws(DERPError) -> [IPAddress] {
        if let literal = IPAddress(name) { return [literal] }
        let start = ContinuousClock.now
        let result = await withTaskGroup(of: Answer.self) { group in
            group.addTask {
                await Result.awaiting { () throws(DERPError) in try await self.addresses(of: name) }
            }
            group.addTask {
                try? await Task.sleep(until: deadline)
                return .failure(self.lateness(of: name, since: start))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(self.lateness(of: name, since: start))
        }
        return try result.get()
    }

    private func lateness(of name: String, since start: ContinuousClock.Instant) -> DERPError {
        guard !Task.isCancelled else { return DERPError(.cancelled, "the look-up of \(name) was given up") }
        let waits = self.waits(for: name, since: start)
        return waits.there >= waits.here
            ? DERPError(.timeout, "looking up \(name) took too long")
            : DERPError(.exhausted, "\(name) waited too long to be looked up, behind other names")
    }
}
