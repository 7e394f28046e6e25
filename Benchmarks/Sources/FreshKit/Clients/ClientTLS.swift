import CDERPOpenSSL

/// What clients offer in TLS: OpenSSL's defaults. Certificates aren't verified.
// @unchecked: an SSL_CTX is counted atomically, and never changed after init.
final class ClientTLS: @unchecked Sendable {
    private let context: OpaquePointer

    private init() {
        guard let context = SSL_CTX_new(TLS_client_method()) else { fatalError("OpenSSL makes no context") }
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        self.context = context
    }

    static let shared = ClientTLS()

    /// Performs the handshake on a connected socket; `nil` if that fails.
    func connect(_ descriptor: Int32) -> OpaquePointer? {
        guard let session = SSL_new(self.context) else { return nil }
        SSL_set_fd(session, descriptor)
        ERR_clear_error()
        guard SSL_connect(session) == 1 else {
            SSL_free(session)
            return nil
        }
        return session
    }
}
