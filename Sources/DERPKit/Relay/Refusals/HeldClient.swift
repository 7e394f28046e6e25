import AsyncSockets

/// A refused client's connection, which is held so that the client doesn't come again at once. All that is kept of it.
struct HeldClient: Sendable {
    let socket: MutedSocket
    let key: NodePublicKey
    /// Whence it comes, as far as that counts.
    let address: IPAddress
    let cause: ClientRefusal.Cause
    /// What its end is counted as.
    let reason: CloseReason
    /// When it is let go, in nanoseconds on the loop's clock.
    let deadline: UInt64
}
