/// What a client knows once a relay admitted it.
@_spi(Benchmarks) public struct ClientWelcome: Hashable, Sendable {
    /// Who the server is.
    @_spi(Benchmarks) public let serverKey: NodePublicKey
    /// What it tells of itself.
    @_spi(Benchmarks) public let info: ServerInfo
    /// What came right behind: the beginning of the frames that follow.
    @_spi(Benchmarks) public let early: [UInt8]
}
