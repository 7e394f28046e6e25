import AsyncSockets

extension TCPStream {
    /// What comes next; `nil` at the end of the stream. On the loop.
    func next(isolation: isolated (any Actor)? = #isolation) async throws -> [UInt8]? {
        while true {
            switch self.receive() {
            case .bytes(let bytes):
                if !bytes.isEmpty { return Array(bytes) }
            case .wouldBlock: await self.waitUntilReadable()
            case .closed: return nil
            case .failed: throw self.failure ?? SocketError(.closed, "failed without a failure")
            }
        }
    }

    /// Exactly `count` bytes, or fewer at the end of the stream. On the loop.
    func read(_ count: Int, isolation: isolated (any Actor)? = #isolation) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, let more = try await self.next() { bytes += more }
        return bytes
    }

    /// Sends back what comes until the peer ends, and then ends too. On the loop.
    func echo(isolation: isolated (any Actor)? = #isolation) async throws {
        while let bytes = try await self.next() { try await self.write(bytes) }
        await self.finish()
    }
}
