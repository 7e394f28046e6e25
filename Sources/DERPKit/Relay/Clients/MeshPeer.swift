/// The additional state of a connection that showed the mesh key. Confined to the connection's loop.
final class MeshPeer {
    /// Recent pairs of sender and receiver of the packets that it forwards.
    var flows = FlowCache()
    /// Whether it is being told of all connected clients.
    var isFlooded = false
    /// Whether it is to be told of all clients. If that is already under way, it is told once more.
    var wantsFlood = false
    /// The keys whose connections are to be closed before more is read. Bounded, because they all come from one read of
    /// bytes.
    var closings: [NodePublicKey] = []
}

extension PeerPresence.Flags {
    /// Creates the flags of a client that has logged in.
    init(_ login: DERPLogin, isNotIdeal: Bool) {
        var flags: Self = []
        if login.isMeshPeer { flags.insert(.meshPeer) }
        if login.info.isProber { flags.insert(.prober) }
        if isNotIdeal { flags.insert(.notIdeal) }
        self = flags.isEmpty ? .regular : flags
    }
}
