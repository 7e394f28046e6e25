import AsyncSockets

/// One process's ends of the two streams on which it and another one, which takes over or is taken over from, are mesh peers
/// of each other. Being connected is the credential, so there is no login: DERP's frames are all that goes over them.
struct TakeoverLinks: Sendable {
    /// Where this process is a mesh peer of the other one.
    let outgoing: OwnedDescriptor
    /// Where the other one is a mesh peer of this one.
    let incoming: OwnedDescriptor

    /// This process's ends and the other one's.
    static func pair() throws(SocketError) -> (own: Self, other: Self) {
        let (first, second) = (try OwnedDescriptor.streamPair(), try OwnedDescriptor.streamPair())
        return (Self(outgoing: first.0, incoming: second.0), Self(outgoing: second.1, incoming: first.1))
    }

    /// What the other end is, and what is made of its silence.
    enum Peer: String {
        case predecessor = "the process before"
        case successor = "the process after"

        /// How long the other process's clients count as connected once it has ended: a predecessor has sent them here.
        var grace: Duration { self == .predecessor ? .seconds(10) : .zero }
    }
}
