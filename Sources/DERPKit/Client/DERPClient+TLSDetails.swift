import AsyncSockets

extension DERPClient {
    /// What a client learns of a server in the TLS handshake.
    package struct TLSDetails: Hashable, Sendable {
        /// Whether the connection uses TLS 1.3, which hides the server's certificates from others on the network.
        package let isTLS13: Bool
        /// The server's certificates in DER form and in the order sent: its own first, then the others, whether they
        /// are trusted or not.
        package let certificates: [[UInt8]]

        init(_ peer: TLSPeer) {
            self.isTLS13 = peer.isTLS13
            self.certificates = peer.certificates
        }
    }
}
