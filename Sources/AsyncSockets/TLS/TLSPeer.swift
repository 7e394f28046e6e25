import CAsyncSockets
import CDERPOpenSSL

/// What a client learns about a server in the TLS handshake.
public struct TLSPeer: Hashable, Sendable {
    /// Whether TLS 1.3 is in use, with which the server's certificates were not visible on the wire.
    public let isTLS13: Bool
    /// The certificates that the server sent, in their order and in DER form: its own, and what it added, trusted or
    /// not.
    public let certificates: [[UInt8]]
}

extension OpenSSLSession {
    /// Returns what is known about a server after the handshake. Servers don't ask clients for certificates.
    var peer: TLSPeer {
        guard !self.isServer, let chain = SSL_get_peer_cert_chain(self.session) else {
            return TLSPeer(isTLS13: false, certificates: [])
        }
        let certificates = (0..<OPENSSL_sk_num(chain)).compactMap { index in
            OPENSSL_sk_value(chain, index).flatMap { Self.der(of: OpaquePointer($0)) }
        }
        return TLSPeer(isTLS13: SSL_version(self.session) == TLS1_3_VERSION, certificates: certificates)
    }

    private static func der(of certificate: OpaquePointer) -> [UInt8]? {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509(certificate, &bytes)
        guard count > 0, let bytes else { return nil }
        defer { CRYPTO_free(bytes, nil, 0) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
}
