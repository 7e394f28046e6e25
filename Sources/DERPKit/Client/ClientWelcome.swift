/// What a client knows once a relay admitted it.
public struct ClientWelcome: Hashable, Sendable {
    /// Who the server is.
    public let serverKey: NodePublicKey
    /// What it tells of itself.
    public let info: ServerInfo
    /// What came right behind: the beginning of the frames that follow.
    public let early: [UInt8]
}
