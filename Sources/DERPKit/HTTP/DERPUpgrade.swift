/// An accepted request of a client to leave HTTP and speak DERP (`GET /derp`).
package struct DERPUpgrade: Hashable, Sendable {
    /// What carries DERP's frames.
    package enum Transport: Hashable, Sendable {
        /// The frames are directly on the connection.
        case raw
        /// The frames are in WebSocket messages (RFC 6455). `false` means that the client didn't offer the subprotocol,
        /// and must be told by a Close frame.
        case webSocket(speaksDERP: Bool)
    }

    package var transport = Transport.raw
    /// Whether the client needs no HTTP response, because it knows the server's key from the meta certificate.
    package var isFastStart: Bool
    /// The node of the region that the client prefers; `nil` if it is this one. At most 255 bytes of ASCII.
    package var idealNode: String?
    /// The bytes to send before the ServerKey frame: the 101 response, or nothing for a fast start.
    package var response: [UInt8]

    /// The version of the protocol, as in the 101 response and the meta certificate.
    package static let protocolVersion = 2

    /// Returns the 101 response of a server with the key `serverKey`.
    package static func switchingProtocols(serverKey: NodePublicKey) -> [UInt8] {
        Array(
            """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: DERP\r
            Connection: Upgrade\r
            Derp-Version: \(Self.protocolVersion)\r
            Derp-Public-Key: \(serverKey.hex)\r
            \r\n
            """.utf8
        )
    }
}
