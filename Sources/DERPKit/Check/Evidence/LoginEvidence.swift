/// How logging in went.
struct LoginEvidence: Hashable, Sendable {
    /// From the first packet of TCP to ServerInfo.
    let time: Duration
    let serverKey: NodePublicKey
    let info: ServerInfo
    let isFastStart: Bool
}
