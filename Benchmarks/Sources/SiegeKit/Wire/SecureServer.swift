import CDERPOpenSSL

/// The server's side of TLS, for attackers that are servers.
// @unchecked: an SSL_CTX is counted atomically, and never changed after init.
final class SecureServer: @unchecked Sendable {
    private let context: OpaquePointer

    /// Makes a server.
    ///
    /// - Throws: ``SiegeError`` if OpenSSL can't use the files.
    init(chain: String, key: String) throws {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw SiegeError("OpenSSL makes no context") }
        self.context = context
        guard SSL_CTX_use_certificate_chain_file(context, chain) == 1,
            SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1
        else { throw SiegeError("OpenSSL doesn't take \(chain)") }
    }

    deinit { SSL_CTX_free(self.context) }

    /// Performs the handshake on an accepted connection; returns `nil` if that fails.
    func accept(_ wire: Wire) -> SecureWire? { SecureWire(wire, accepting: self.context) }
}
