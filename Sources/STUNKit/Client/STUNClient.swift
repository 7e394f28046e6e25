import AsyncSockets

/// Asks STUN servers which address they see for this host.
///
/// ```swift
/// let mapping = try await STUNClient().query(host: host, port: port, family: .ipv4)
/// print("\(host) sees \(mapping.mappedAddress), after \(mapping.roundTripTime)")
/// ```
public struct STUNClient: Sendable {
    private let group: IOLoopGroup?

    /// Makes a client that waits for answers on the loops of `group`, or on a loop that all clients without a group share.
    public init(on group: IOLoopGroup? = nil) {
        self.group = group
    }

    /// Sends a binding request to `server` and waits for the response.
    ///
    /// The client repeats the request after half a second, and then each time after twice the previous pause (RFC 8489
    /// §6.2.1). It ignores datagrams that are no response to the request, and those of other senders.
    ///
    /// - Parameters:
    ///   - server: The address to ask.
    ///   - timeout: The total time to wait. More than zero.
    ///   - retries: The maximum number of repetitions, 0 or more. The RFC uses six, with a timeout of 39.5 s.
    /// - Throws: ``SocketError``: `timeout` when no response came; `systemCall` when there is no route or the server's
    ///   host says that nobody listens there; `cancelled` if the task is cancelled; `outOfFiles` or `exhausted` if this
    ///   machine has run out of files, memory or threads.
    public func query(
        server: IPEndpoint,
        timeout: Duration = .seconds(5),
        retries: Int = 3
    ) async throws(SocketError) -> STUNMapping {
        // Not by `??`, whose errors have no type.
        let group = if let group = self.group { group } else { try IOLoopGroup.shared() }
        let loop = group.anyLoop
        let transaction = try STUNTransaction(STUNRequest(), to: server, retries: retries, on: loop)
        return try await withTaskCancellationHandler {
            // The task resumes on the loop and not by way of the global pool, which may be busy for a long time.
            await withTaskExecutorPreference(loop) {
                await Result.awaiting { () throws(SocketError) in try await transaction.run(timeout: timeout) }
            }
        } onCancel: {
            Task { await transaction.cancel() }
        }.get()
    }

    /// Looks up the addresses of `host` and asks them one after the other, as ``query(server:timeout:retries:)`` does,
    /// until one answers.
    ///
    /// - Parameters:
    ///   - host: A name, or an IP literal without brackets.
    ///   - port: The server's port, 1…65535.
    ///   - family: The family of the addresses to ask; `nil`: both, in the system's order of preference.
    ///   - timeout: The total time to wait, with the look-up. More than zero. Each address gets an equal share of what is
    ///     left.
    ///   - retries: The maximum number of repetitions to each address, 0 or more.
    /// - Throws: ``SocketError``: `notFound` if the name has no such address; otherwise as
    ///   ``query(server:timeout:retries:)``, for the last address.
    public func query(
        host: String,
        port: UInt16 = 3478,
        family: IPAddress.Family? = nil,
        timeout: Duration = .seconds(5),
        retries: Int = 3
    ) async throws(SocketError) -> STUNMapping {
        let deadline = ContinuousClock.now + timeout
        let found = try await HostResolver.shared.lookUp(host, until: deadline)
        let addresses = found.filter { family == nil || $0.family == family }
        var failure = SocketError(.notFound, "\(host) has no \(family == .ipv6 ? "IPv6" : "IPv4") address")
        for (index, address) in addresses.enumerated() {
            let share = max((deadline - .now) / (addresses.count - index), .milliseconds(1))
            let server = IPEndpoint(address, port: port)
            switch await Result.awaiting({ () throws(SocketError) in
                try await self.query(server: server, timeout: share, retries: retries)
            }) {
            case .success(let mapping): return mapping
            case .failure(let error) where error.code == .cancelled: throw error
            case .failure(let error): failure = error
            }
        }
        throw failure
    }
}
