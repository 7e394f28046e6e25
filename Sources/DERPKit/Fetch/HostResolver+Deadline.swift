import AsyncSockets

extension HostResolver {
    /// ``addresses(of:)``, but no later than `deadline`.
    ///
    /// - Throws: ``DERPError``: `timeout`, or as ``addresses(of:)``.
    package func addresses(
        of name: String,
        until deadline: ContinuousClock.Instant
    ) async throws(DERPError) -> [IPAddress] {
        if let literal = IPAddress(name) { return [literal] }
        let result = await withTaskGroup(of: Result<[IPAddress], DERPError>.self) { group in
            group.addTask {
                await Result.awaiting { () throws(DERPError) in try await self.addresses(of: name) }
            }
            group.addTask {
                try? await Task.sleep(until: deadline)
                return .failure(DERPError(.timeout, "looking up \(name) took too long"))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(DERPError(.timeout, "looking up \(name) took too long"))
        }
        return try result.get()
    }
}
