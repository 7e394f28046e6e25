extension DERPClient {
    /// The messages from the server, from now on. One task at a time may receive.
    ///
    /// Ends after ``close(within:)``, and if the task is cancelled. Another task can then read on. Throws ``DERPError``,
    /// as ``receive(within:)`` does, if the connection is lost, or if another task receives.
    public nonisolated var messages: Messages { Messages(client: self) }

    /// The messages of a client, in order.
    public struct Messages: AsyncSequence, Sendable {
        let client: DERPClient

        public func makeAsyncIterator() -> Iterator { Iterator(client: self.client) }
    }
}

extension DERPClient.Messages {
    /// Receives when a message is asked for. Buffers nothing itself.
    public struct Iterator: AsyncIteratorProtocol {
        let client: DERPClient
        private var isOver = false

        init(client: DERPClient) { self.client = client }

        /// Returns the next message; `nil` after this end closed the connection, if the task is cancelled, and after an
        /// error.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(DERPError) -> DERPClient.Message? {
            guard !self.isOver else { return nil }
            let client = self.client
            let result = await Result.awaiting { () throws(DERPError) in try await client.receive() }
            switch result {
            case .success(let message): return message
            case .failure(let error):
                self.isOver = true
                if error.code == .closed || error.code == .cancelled { return nil }
                throw error
            }
        }
    }
}
