import AsyncSockets

extension DERPClient {
    /// What a client learns of a server in the TLS handshake.
    public struct TLSDetails: Hashable, Sendable {
        /// Whether TLS 1.3 is spoken, under which the server's certificates can't be seen on the wire.
        public let isTLS13: Bool
        /// The certificates that the server sent, in their order and in DER form: its own, and what it added to that,
        /// trusted or not.
        public let certificates: [[UInt8]]

        init(_ peer: TLSPeer) {
            self.isTLS13 = peer.isTLS13
            self.certificates = peer.certificates
        }
    }
}
