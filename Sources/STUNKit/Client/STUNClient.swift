import AsyncSockets

/// Asks STUN servers which address they see.
public struct STUNClient: Sendable {
    private let group: IOLoopGroup

    /// A client that waits for its answers on the loops of `group`.
    public init(group: IOLoopGroup) {
        self.group = group
    }

    /// Sends a binding request to `server` and waits for the response.
    ///
    /// The request is repeated after half a second, then after twice the time before (RFC 8489 §6.2.1). Datagrams that
    /// are no response to it are ignored; so are those of other senders.
    ///
    /// - Parameters:
    ///   - timeout: How long to wait in all. More than zero.
    ///   - retries: How often to repeat the request at most, 0 or more. Six, with 39.5 s, is what the RFC does.
    /// - Throws: `SocketError`: `timeout` when no response came, `systemCall` when there is no route or the server's
    ///   host says that nobody listens there. `CancellationError` when the task is cancelled.
    public func query(
        server: IPEndpoint,
        timeout: Duration = .seconds(5),
        retries: Int = 3
    ) async throws -> STUNMapping {
        let transaction = try STUNTransaction(STUNRequest(), to: server, retries: retries, in: self.group)
        return try await withTaskCancellationHandler {
            // Resumed on the loop and not by way of the global pool, which may be busy for long.
            try await withTaskExecutorPreference(transaction.loop) { try await transaction.run(timeout: timeout) }
        } onCancel: {
            Task { await transaction.cancel() }
        }
    }
}
