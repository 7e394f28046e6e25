import COpenSSL
import Glibc

/// TLS over a ``Wire``, by OpenSSL, with all that a client may do besides talking. One thread at a time.
final class SecureWire: Channel, @unchecked Sendable {
    private let wire: Wire
    private let session: OpaquePointer
    private var isOpen = true

    /// Which versions and groups a client offers. What it costs to make is paid once.
    // @unchecked: an SSL_CTX is counted atomically, and never changed after init.
    final class Settings: @unchecked Sendable {
        fileprivate let context: OpaquePointer

        /// - Parameter groups: as OpenSSL writes them, the first with a key share; `nil` for its own choice.
        init(version: Int32? = nil, groups: String? = nil) {
            guard let context = SSL_CTX_new(TLS_client_method()) else { fatalError("OpenSSL makes no context") }
            self.context = context
            SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
            if let version {
                SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
                SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
            }
            if let groups {
                var text = Array(groups.utf8CString)
                SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, &text)
            }
        }

        deinit { SSL_CTX_free(self.context) }

        static let usual = Settings(groups: "X25519:P-256")
        static let tls12 = Settings(version: TLS1_2_VERSION, groups: "X25519:P-256")
        static let tls13 = Settings(version: TLS1_3_VERSION, groups: "X25519:P-256")
    }

    /// Shakes hands; `nil` when that fails. The wire is this one's then.
    init?(_ wire: Wire, _ settings: Settings = .usual) {
        guard let session = SSL_new(settings.context) else { return nil }
        self.wire = wire
        self.session = session
        SSL_set_fd(session, wire.descriptor)
        guard SSL_connect(session) == 1 else {
            self.close()
            return nil
        }
    }

    /// The server's side, for ``SecureServer``.
    init?(_ wire: Wire, accepting context: OpaquePointer) {
        guard let session = SSL_new(context) else { return nil }
        self.wire = wire
        self.session = session
        SSL_set_fd(session, wire.descriptor)
        guard SSL_accept(session) == 1 else {
            self.close()
            return nil
        }
    }

    deinit {
        self.close()
        SSL_free(self.session)
    }

    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                SSL_write(self.session, $0.baseAddress! + sent, Int32(min(bytes.count - sent, 1 << 20)))
            }
            guard count > 0 else { return false }
            sent += Int(count)
        }
        return true
    }

    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = SSL_read(self.session, &buffer, Int32(buffer.count))
        guard count > 0 else { return nil }
        return Array(buffer[..<Int(count)])
    }

    /// Sends a KeyUpdate (RFC 8446 §4.6.3); false when the connection broke.
    ///
    /// - Parameter wantsAnswer: whether the server has to change its keys too, and say so.
    func updateKeys(wantsAnswer: Bool) -> Bool {
        SSL_key_update(self.session, wantsAnswer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) == 1
            && SSL_do_handshake(self.session) == 1
    }

    /// Begins another handshake on the same connection (RFC 5246 §7.4.1.2): TLS 1.2 only. False when the server wants
    /// none.
    func renegotiate() -> Bool {
        SSL_renegotiate(self.session) == 1 && SSL_do_handshake(self.session) == 1
    }

    /// Reads away what is there, without waiting; false at the end. What comes is not decrypted: nothing may be received
    /// afterwards.
    func discard() -> Bool { self.wire.discard() }

    func close() {
        guard self.isOpen else { return }
        self.isOpen = false
        if let bio = SSL_get_wbio(self.session) { self.wire.countSent(Int(BIO_number_written(bio))) }
        self.wire.close()
        // This thread's next session must not find this one's errors.
        ERR_clear_error()
    }
}
