extension DERPClient {
    /// What a server sends to a client. Its pings are answered and not handed on.
    public enum Message: Hashable, Sendable {
        /// A packet from another client, 0…65536 bytes.
        case packet(from: NodePublicKey, [UInt8])
        /// A client can't be reached, or not any more.
        case peerGone(NodePublicKey, PeerGoneReason)
        /// A client is connected: for those who watch the server.
        case peerPresent(PeerPresence)
        /// The connection is alive.
        case keepAlive
        /// The answer to a ping with these 8 bytes.
        case pong(UInt64)
        /// What is wrong with the connection, at most 500 characters for a person; empty: nothing any more.
        case health(String)
        /// The server stops. Come back after the first time, and try for the second.
        case restarting(reconnectAfter: Duration, tryFor: Duration)
        /// The server tells of itself anew.
        case serverInfo(ServerInfo)
    }
}

extension DERPClient.Message {
    /// A copy of `frame`; `nil` for a ping, and for a ServerInfo that `box` doesn't open.
    init?(_ frame: ServerFrame, box: () -> SecretBox?) {
        switch frame {
        case .packet(let source, let packet): self = .packet(from: source, Array(packet))
        case .peerGone(let key, let reason): self = .peerGone(key, reason)
        case .peerPresent(let presence): self = .peerPresent(presence)
        case .keepAlive: self = .keepAlive
        case .ping: return nil
        case .pong(let data): self = .pong(data)
        case .health(let text): self = .health(ServerFrame.text(text))
        case .restarting(let delay, let span): self = .restarting(reconnectAfter: delay, tryFor: span)
        case .serverInfo(let sealed):
            guard let json = box()?.open(sealed), let info = ServerInfo(json: json) else { return nil }
            self = .serverInfo(info)
        }
    }
}
