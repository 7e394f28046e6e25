/// How much a connection remembers about its peers.
enum PeerMemory {
    /// The oldest are forgotten when there are more.
    static let limit = 4096
}
