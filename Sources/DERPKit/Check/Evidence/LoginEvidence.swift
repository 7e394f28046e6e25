/// The result of a login.
struct LoginEvidence: Hashable, Sendable {
    /// The time from the first TCP packet to ServerInfo.
    let time: Duration
    let serverKey: NodePublicKey
    let info: ServerInfo
    let isFastStart: Bool
}
