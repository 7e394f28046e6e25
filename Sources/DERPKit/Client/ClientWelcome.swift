/// The result of a login: what a client knows once a relay admitted it.
@_spi(Benchmarks) public struct ClientWelcome: Hashable, Sendable {
    /// The server's key.
    @_spi(Benchmarks) public let serverKey: NodePublicKey
    /// The server's ServerInfo.
    @_spi(Benchmarks) public let info: ServerInfo
    /// The bytes that came with the last frame of the login: the beginning of the next frames.
    @_spi(Benchmarks) public let early: [UInt8]
}
