/// Where a client's connection is: its loop, and its slot there. A slot that is reused has a new generation, so
/// that nothing is ever written to a client for which it was not meant.
struct ClientID: Hashable, Sendable {
    /// The loop's index.
    let loop: UInt16
    let slot: UInt32
    let generation: UInt32
}
