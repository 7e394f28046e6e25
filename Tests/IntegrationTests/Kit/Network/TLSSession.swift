import CDERPOpenSSL

/// The client's side of TLS, between two memory buffers: the test decides how its bytes meet the wire.
///
/// Like a DERP client it sends no ALPN, and no SNI for an IP literal.
final class TLSSession {
    enum Version: Int, CaseIterable, Sendable {
        /// Not spoken any more.
        case tls11 = 0x0302
        case tls12 = 0x0303
        case tls13 = 0x0304

        /// The versions that a relay speaks.
        static let allCases = [tls12, tls13]
    }

    enum Progress {
        case bytes([UInt8])
        case needsInput
        case ended
    }

    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer

    /// - Parameters:
    ///   - serverName: the name to ask for (SNI).
    ///   - protocols: what to offer (ALPN).
    init(version: Version, serverName: String? = nil, protocols: [String] = []) throws {
        guard let context = SSL_CTX_new(TLS_client_method()), let ssl = SSL_new(context),
            let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem())
        else { throw KitError.missing("OpenSSL can't make a TLS client") }
        // What is not spoken any more must be offered all the same, to see it refused.
        SSL_set_security_level(ssl, 0)
        SSL_ctrl(ssl, SSL_CTRL_SET_MIN_PROTO_VERSION, version.rawValue, nil)
        SSL_ctrl(ssl, SSL_CTRL_SET_MAX_PROTO_VERSION, version.rawValue, nil)
        SSL_set_verify(ssl, SSL_VERIFY_NONE, nil)
        if let serverName {
            _ = serverName.withCString {
                // What the macro SSL_set_tlsext_host_name stands for.
                SSL_ctrl(
                    ssl,
                    SSL_CTRL_SET_TLSEXT_HOSTNAME,
                    Int(TLSEXT_NAMETYPE_host_name),
                    UnsafeMutableRawPointer(mutating: $0)
                )
            }
        }
        let offers = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !offers.isEmpty { SSL_set_alpn_protos(ssl, offers, UInt32(offers.count)) }
        SSL_set_bio(ssl, input, output)
        SSL_set_connect_state(ssl)
        self.context = context
        self.ssl = ssl
        self.input = input
        self.output = output
    }

    deinit {
        SSL_free(self.ssl)
        SSL_CTX_free(self.context)
    }

    /// The protocol that was agreed on, such as `TLSv1.3`.
    var agreedVersion: String { String(cString: SSL_get_version(self.ssl)) }

    /// The protocol that the server chose by ALPN; empty when it chose none.
    var applicationProtocol: String {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(self.ssl, &name, &length)
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
    }

    /// The certificates that the server sent, its own first, each as DER.
    var peerCertificates: [[UInt8]] {
        guard let chain = SSL_get_peer_cert_chain(self.ssl) else { return [] }
        return (0..<OPENSSL_sk_num(chain)).compactMap { index in
            OPENSSL_sk_value(chain, index).flatMap { CertificateInspection.encode(OpaquePointer($0)) }
        }
    }

    /// Takes bytes from the wire.
    func feed(_ bytes: [UInt8]) {
        BIO_write(self.input, bytes, Int32(bytes.count))
    }

    /// Gives the bytes that are to go to the wire.
    func drain() -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = BIO_read(self.output, &chunk, Int32(chunk.count))
            guard count > 0 else { return result }
            result += chunk[..<Int(count)]
        }
    }

    /// Goes on with the handshake; `true` when it is done.
    func handshake() throws -> Bool {
        // SSL_get_error(3) looks at the thread's queue, where others may have left something.
        ERR_clear_error()
        let result = SSL_do_handshake(self.ssl)
        if result == 1 { return true }
        guard SSL_get_error(self.ssl, result) == SSL_ERROR_WANT_READ else { throw self.failure("TLS handshake") }
        return false
    }

    /// Puts `bytes` into records.
    func encrypt(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { return }
        guard SSL_write(self.ssl, bytes, Int32(bytes.count)) == bytes.count else { throw self.failure("TLS write") }
    }

    /// Takes what has been decrypted so far.
    func decrypt() throws -> Progress {
        var chunk = [UInt8](repeating: 0, count: 16384)
        ERR_clear_error()
        let count = SSL_read(self.ssl, &chunk, Int32(chunk.count))
        if count > 0 { return .bytes(Array(chunk[..<Int(count)])) }
        switch SSL_get_error(self.ssl, count) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: throw self.failure("TLS read")
        }
    }

    /// Writes `close_notify`.
    func close() {
        SSL_shutdown(self.ssl)
    }

    private func failure(_ what: String) -> KitError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        let reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "code \(code)"
        return .closed("\(what): \(reason)")
    }
}
