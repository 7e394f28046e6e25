import AsyncSockets

/// Asks STUN servers which address they see for this host.
public struct STUNClient: Sendable {
    private let group: IOLoopGroup

    /// Makes a client that waits for answers on the loops of `group`.
    public init(group: IOLoopGroup) {
        self.group = group
    }

    /// Sends a binding request to `server` and waits for the response.
    ///
    /// The client repeats the request after half a second, and then each time after twice the previous pause (RFC 8489
    /// §6.2.1). It ignores datagrams that are no response to the request, and those of other senders.
    ///
    /// - Parameters:
    ///   - timeout: The total time to wait. More than zero.
    ///   - retries: The maximum number of repetitions, 0 or more. The RFC uses six, with a timeout of 39.5 s.
    /// - Throws: `SocketError`: `timeout` when no response came, `systemCall` when there is no route or the server's
    ///   host says that nobody listens there. `CancellationError` if the task is cancelled.
    public func query(
        server: IPEndpoint,
        timeout: Duration = .seconds(5),
        retries: Int = 3
    ) async throws -> STUNMapping {
        let transaction = try STUNTransaction(STUNRequest(), to: server, retries: retries, in: self.group)
        return try await withTaskCancellationHandler {
            // The task resumes on the loop and not by way of the global pool, which may be busy for a long time.
            try await withTaskExecutorPreference(transaction.loop) { try await transaction.run(timeout: timeout) }
        } onCancel: {
            Task { await transaction.cancel() }
        }
    }
}
