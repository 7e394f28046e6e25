extension ReconnectingDERPClient {
    /// An event of the client or its connection.
    public enum Event: Sendable {
        /// The client has logged in. Use the connection to inspect it and to send. Its messages come as events.
        case connected(DERPClient)
        /// The connection was lost or could not be made, for this reason. The next try begins after this time.
        case disconnected(DERPError, retryAfter: Duration)
        /// The server sent a message.
        case message(DERPClient.Message)
    }

    /// The events from now on, over all connections. One task at a time may read them.
    ///
    /// Ends after ``shutdown(within:)``, and if the task is cancelled. Another task can then read on. Throws
    /// ``DERPError`` with code `misuse` if another task reads, or receives from the connection itself. A problem with a
    /// connection is an event, not an error.
    public nonisolated var events: Events { Events(client: self) }

    /// The events of a client, in order.
    public struct Events: AsyncSequence, Sendable {
        let client: ReconnectingDERPClient

        public func makeAsyncIterator() -> Iterator { Iterator(client: self.client) }
    }
}

extension ReconnectingDERPClient.Events {
    /// Connects and receives when an event is asked for. Buffers nothing itself.
    public struct Iterator: AsyncIteratorProtocol {
        let client: ReconnectingDERPClient

        /// Returns the next event; `nil` after the client was shut down, and if the task is cancelled.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(DERPError) -> ReconnectingDERPClient.Event? {
            try await self.client.next()
        }
    }
}
