import AsyncSockets

extension HostResolver {
    /// For those who decide about clients, which don't wait for names that others look up.
    static let forAdmission = HostResolver()

    /// The addresses of `name`, as `lookUp(_:)`.
    ///
    /// - Throws: ``DERPError``: `connection` when the name has none; `exhausted` when too many names wait, or this machine is
    ///   out of threads, files or memory; `cancelled`.
    package func addresses(of name: String) async throws(DERPError) -> [IPAddress] {
        try await Result.awaiting { () throws(SocketError) in try await self.lookUp(name) }
            .mapError { DERPError(lookingUp: $0) }.get()
    }

    /// The addresses of `name`, but no later than `deadline`, as `lookUp(_:until:)`.
    ///
    /// - Throws: ``DERPError``: `timeout`, or as ``addresses(of:)``; `exhausted` also when most of the time went by before the
    ///   system was asked.
    package func addresses(
        of name: String,
        until deadline: ContinuousClock.Instant
    ) async throws(DERPError) -> [IPAddress] {
        try await Result.awaiting { () throws(SocketError) in try await self.lookUp(name, until: deadline) }
            .mapError { DERPError(lookingUp: $0) }.get()
    }
}

extension DERPError {
    fileprivate init(lookingUp error: SocketError) {
        self = error.code == .cancelled ? Self(.cancelled, error.message) : .unreached(error)
    }
}
