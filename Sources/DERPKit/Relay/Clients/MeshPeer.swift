/// What a connection that showed the mesh key has besides what every client has. Confined to the connection's loop.
final class MeshPeer {
    /// Recent pairs of sender and receiver of the packets that it forwards.
    var flows = FlowCache()
    /// Whether it is being told of all connected clients.
    var isFlooded = false
    /// Whether it is to be told, once more if it is being told now.
    var wantsFlood = false
    /// The keys whose connections are to be closed before more is read: no more than one read of bytes tells of.
    var closings: [NodePublicKey] = []
}

extension PeerPresence.Flags {
    /// What is said of a client that has logged in.
    init(_ login: DERPLogin, isNotIdeal: Bool) {
        var flags: Self = []
        if login.isMeshPeer { flags.insert(.meshPeer) }
        if login.info.isProber { flags.insert(.prober) }
        if isNotIdeal { flags.insert(.notIdeal) }
        self = flags.isEmpty ? .regular : flags
    }
}
