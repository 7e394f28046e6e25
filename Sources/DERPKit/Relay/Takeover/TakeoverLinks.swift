import AsyncSockets

/// One process's ends of the two streams between a successor and its predecessor, which are mesh peers of each other.
/// The connection is the credential, so there is no login: the streams carry nothing but DERP frames.
struct TakeoverLinks: Sendable {
    /// The stream on which this process is a mesh peer of the other process.
    let outgoing: OwnedDescriptor
    /// The stream on which the other process is a mesh peer of this process.
    let incoming: OwnedDescriptor

    /// Creates both streams, and returns this process's ends and the other process's ends.
    static func pair() throws(SocketError) -> (own: Self, other: Self) {
        let (first, second) = (try OwnedDescriptor.streamPair(), try OwnedDescriptor.streamPair())
        return (Self(outgoing: first.0, incoming: second.0), Self(outgoing: second.1, incoming: first.1))
    }

    /// The role of the process at the other end.
    enum Peer: String {
        case predecessor = "the process before"
        case successor = "the process after"

        /// How long the other process's clients still count as connected after it has ended. A predecessor has sent
        /// them here, so they get some time to arrive.
        var grace: Duration { self == .predecessor ? .seconds(10) : .zero }
    }
}
