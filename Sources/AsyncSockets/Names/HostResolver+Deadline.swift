import IPAddresses

extension HostResolver {
    /// Like ``lookUp(_:)``, but returns no later than `deadline`.
    ///
    /// - Throws: ``SocketError``: `timeout`, or as ``lookUp(_:)``; also `exhausted` if most of the time passed before the
    ///   system was asked.
    package func lookUp(
        _ name: String,
        until deadline: ContinuousClock.Instant
    ) async throws(SocketError) -> [IPAddress] {
        if let literal = IPAddress(name) { return [literal] }
        let start = ContinuousClock.now
        let result = await withTaskGroup(of: Answer.self) { group in
            group.addTask {
                await Result.awaiting { () throws(SocketError) in try await self.lookUp(name) }
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

    private func lateness(of name: String, since start: ContinuousClock.Instant) -> SocketError {
        guard !Task.isCancelled else { return SocketError(.cancelled, "the look-up of \(name) was given up") }
        let waits = self.waits(for: name, since: start)
        return waits.there >= waits.here
            ? SocketError(.timeout, "looking up \(name) took too long")
            : SocketError(.exhausted, "\(name) waited too long to be looked up, behind other names")
    }
}
