import AsyncSockets

extension DERPClient {
    /// Sends `packet`, 0…65536 bytes, to the client with the key `destination`. Returns as soon as it is on its way or
    /// waits to be; waits while too much waits already. Relays drop packets, and tell nobody.
    ///
    /// - Throws: ``DERPError``: `misuse` for a packet that is too large, or after ``close(within:)``; `connectionLost` when
    ///   the connection is known to be dead; `protocolViolation` when the server broke the protocol.
    public func send(_ packet: [UInt8], to destination: NodePublicKey) async throws(DERPError) {
        try Self.check(packet)
        try await self.send { packet.withUnsafeBytes { self.link.send($0, to: destination) } }
    }

    /// Hands on a packet that `source` sent to a client of this server. Only with the server's mesh key. As
    /// ``send(_:to:)``.
    public func forward(
        _ packet: [UInt8],
        from source: NodePublicKey,
        to destination: NodePublicKey
    ) async throws(DERPError) {
        try Self.check(packet)
        try await self.send { packet.withUnsafeBytes { self.link.forward($0, from: source, to: destination) } }
    }

    /// Asks the server for a pong with the same 8 bytes. As ``send(_:to:)``.
    public func ping(_ data: UInt64) async throws(DERPError) {
        let bytes = withUnsafeBytes(of: data.bigEndian) { Array($0) }
        try await self.send { self.link.send(.ping, bytes) }
    }

    /// Tells the server whether it is this client's home, which it counts. As ``send(_:to:)``.
    public func notePreferred(_ isHome: Bool) async throws(DERPError) {
        try await self.send { self.link.send(.notePreferred, [isHome ? 1 : 0]) }
    }

    /// Has the server close its connections of `key`. Only with the server's mesh key. As ``send(_:to:)``.
    public func closePeer(_ key: NodePublicKey) async throws(DERPError) {
        try await self.send { self.link.send(.closePeer, key.bytes) }
    }

    private static func check(_ packet: [UInt8]) throws(DERPError) {
        guard packet.count <= PacketLimits.packet else {
            throw DERPError(
                .misuse,
                "a packet of \(packet.count) bytes is too large: \(PacketLimits.packet) bytes are the limit"
            )
        }
    }

    /// Calls `append` until there is room for what it appends.
    private func send(_ append: () -> Bool) async throws(DERPError) {
        while !append() {
            if let failure = self.link.failure {
                throw failure.code == .closed
                    ? DERPError(.misuse, "this client was closed: it can't send any more") : failure
            }
            await withTaskExecutorPreference(self.loop) { await self.link.waitForRoom() }
        }
    }
}
