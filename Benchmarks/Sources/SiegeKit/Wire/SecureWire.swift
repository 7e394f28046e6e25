import CDERPOpenSSL
import Glibc

/// TLS over a ``Wire``, by OpenSSL, with everything that a client may do besides sending data. Used by one thread at a
/// time.
final class SecureWire: Channel, @unchecked Sendable {
    private let wire: Wire
    private let session: OpaquePointer
    private var isOpen = true

    /// The versions and groups that a client offers. They are made once, so that their cost is paid once.
    // @unchecked: an SSL_CTX is counted atomically, and never changed after init.
    final class Settings: @unchecked Sendable {
        fileprivate let context: OpaquePointer

        /// Makes settings.
        ///
        /// - Parameter groups: The groups by OpenSSL's names, the first with a key share; `nil` for OpenSSL's default.
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

    /// Performs the handshake; `nil` if that fails. Takes over the wire.
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

    /// Performs the server's side of the handshake, for ``SecureServer``.
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

    /// Sends a KeyUpdate (RFC 8446 §4.6.3); returns false if the connection broke.
    ///
    /// - Parameter wantsAnswer: Whether the server must change its keys too, and answer.
    func updateKeys(wantsAnswer: Bool) -> Bool {
        SSL_key_update(self.session, wantsAnswer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) == 1
            && SSL_do_handshake(self.session) == 1
    }

    /// Begins another handshake on the same connection (RFC 5246 §7.4.1.2), in TLS 1.2 only. Returns false if the
    /// server refuses.
    func renegotiate() -> Bool {
        SSL_renegotiate(self.session) == 1 && SSL_do_handshake(self.session) == 1
    }

    /// Discards the bytes that are there, without waiting; returns false at the end. They are not decrypted, so nothing
    /// may be received afterwards.
    func discard() -> Bool { self.wire.discard() }

    func close() {
        guard self.isOpen else { return }
        self.isOpen = false
        if let bio = SSL_get_wbio(self.session) { self.wire.countSent(Int(BIO_number_written(bio))) }
        self.wire.close()
        // The errors of this session must not affect the next session on this thread.
        ERR_clear_error()
    }
}
