extension DERPClient {
    /// A message from a server to a client. Pings are answered and not passed on.
    public enum Message: Hashable, Sendable {
        /// A packet from another client, 0…65536 bytes.
        case packet(from: NodePublicKey, [UInt8])
        /// A client can't be reached, or not any longer.
        case peerGone(NodePublicKey, PeerGoneReason)
        /// A client is connected. Only clients that watch the server get this.
        case peerPresent(PeerPresence)
        /// The server shows that the connection works.
        case keepAlive
        /// The answer to a ping with these 8 bytes.
        case pong(UInt64)
        /// The problem with the connection, as a text for people of at most 500 characters. Empty if there is none any
        /// longer.
        case health(String)
        /// The server stops. Connect again after the first time, and keep trying for the second.
        case restarting(reconnectAfter: Duration, tryFor: Duration)
        /// The server sends its ServerInfo again.
        case serverInfo(ServerInfo)
    }
}

extension DERPClient.Message {
    /// Copies `frame`; `nil` for a ping, and for a ServerInfo that `box` can't open.
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
