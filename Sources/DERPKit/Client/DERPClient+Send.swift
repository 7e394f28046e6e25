import AsyncSockets

extension DERPClient {
    /// Sends `packet`, 0…65536 bytes, to the client with the key `destination`.
    ///
    /// Returns as soon as the packet is sent or waits to be sent. While too much already waits, it waits for room
    /// first. Relays drop packets without telling either client.
    ///
    /// - Throws: ``DERPError`` with code `misuse` if the packet is too large; `closed` after ``close(within:)``;
    ///   `connectionLost` if the connection is known to be lost; `protocolViolation` if the server violated the
    ///   protocol.
    public func send(_ packet: [UInt8], to destination: NodePublicKey) async throws(DERPError) {
        try Self.check(packet)
        try await self.send { packet.withUnsafeBytes { self.link.send($0, to: destination) } }
    }

    /// Forwards a packet from `source` to a client of this server, as ``send(_:to:)`` does. Needs the server's mesh
    /// key.
    package func forward(
        _ packet: [UInt8],
        from source: NodePublicKey,
        to destination: NodePublicKey
    ) async throws(DERPError) {
        try Self.check(packet)
        try await self.send { packet.withUnsafeBytes { self.link.forward($0, from: source, to: destination) } }
    }

    /// Asks the server for a pong with the same 8 bytes. Waits and throws as ``send(_:to:)`` does.
    public func ping(_ data: UInt64) async throws(DERPError) {
        let bytes = withUnsafeBytes(of: data.bigEndian) { Array($0) }
        try await self.send { self.link.send(.ping, bytes) }
    }

    /// Tells the server whether it is this client's home, which the server counts. Waits and throws as ``send(_:to:)``
    /// does.
    public func notePreferred(_ isHome: Bool) async throws(DERPError) {
        try await self.send { self.link.send(.notePreferred, [isHome ? 1 : 0]) }
    }

    /// Asks the server to close all connections with the key `key`. Needs the server's mesh key. Waits and throws as
    /// ``send(_:to:)`` does.
    package func closePeer(_ key: NodePublicKey) async throws(DERPError) {
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

    /// Calls `append` until there is room for the frame.
    private func send(_ append: () -> Bool) async throws(DERPError) {
        while !append() {
            if let failure = self.link.failure { throw failure }
            await withTaskExecutorPreference(self.loop) { await self.link.waitForRoom() }
        }
    }
}
