/// Where a client's connection is: its loop, and its slot there. A reused slot gets a new generation, so that a client
/// never gets what was meant for the slot's previous client.
struct ClientID: Hashable, Sendable {
    /// The loop's index.
    let loop: UInt16
    let slot: UInt32
    let generation: UInt32
}
