import AsyncSockets

/// A refused client's connection, which is held so that the client doesn't come back at once. This is everything that
/// is kept of it.
struct HeldClient: Sendable {
    let socket: MutedSocket
    let key: NodePublicKey
    /// The address that counts for the limits.
    let address: IPAddress
    let cause: ClientRefusal.Cause
    /// The reason under which its end is counted.
    let reason: CloseReason
    /// When it is let go, in nanoseconds on the loop's clock.
    let deadline: UInt64
}
