/// How much a connection remembers about its peers.
enum PeerMemory {
    /// The maximum number of peers. Beyond it, the oldest are forgotten.
    static let limit = 4096
}
