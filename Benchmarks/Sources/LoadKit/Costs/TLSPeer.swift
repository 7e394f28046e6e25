import CDERPOpenSSL

/// The client's side of TLS between two memory buffers. The caller moves the bytes.
final class TLSPeer {
    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer

    enum Version: Int, Sendable {
        case tls12 = 0x0303
        case tls13 = 0x0304
    }

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - groups: The groups for key exchange, by OpenSSL's names, with colons between them. The key share is for the
    ///     first.
    ///   - ciphers: The ciphers of TLS 1.2.
    init(_ version: Version, groups: String, ciphers: String? = nil) throws {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw LoadError("no TLS") }
        defer { SSL_CTX_free(context) }
        SSL_CTX_set_security_level(context, 0)
        // SSL_CTRL_SET_GROUPS_LIST, which the macro SSL_CTX_set1_groups_list uses.
        guard Self.control(context, 92, groups) == 1 else { throw LoadError("the library has no group \(groups)") }
        if let ciphers, SSL_CTX_set_cipher_list(context, ciphers) != 1 { throw LoadError("no cipher \(ciphers)") }
        guard let ssl = SSL_new(context), let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem()) else {
            throw LoadError("no TLS")
        }
        SSL_ctrl(ssl, SSL_CTRL_SET_MIN_PROTO_VERSION, version.rawValue, nil)
        SSL_ctrl(ssl, SSL_CTRL_SET_MAX_PROTO_VERSION, version.rawValue, nil)
        SSL_set_verify(ssl, SSL_VERIFY_NONE, nil)
        SSL_set_bio(ssl, input, output)
        SSL_set_connect_state(ssl)
        self.ssl = ssl
        self.input = input
        self.output = output
    }

    deinit { SSL_free(self.ssl) }

    private static func control(_ context: OpaquePointer, _ command: Int32, _ text: String) -> Int {
        text.withCString { SSL_CTX_ctrl(context, command, 0, UnsafeMutableRawPointer(mutating: $0)) }
    }

    /// Returns a ClientHello in its record. Sending it again and again costs a client nothing.
    static func hello(_ version: Version, groups: String) throws -> [UInt8] {
        let peer = try TLSPeer(version, groups: groups)
        _ = peer.shakeHands()
        return peer.drain()
    }

    /// Continues the handshake and returns whether it is complete.
    func shakeHands() -> Bool {
        ERR_clear_error()
        return SSL_do_handshake(self.ssl) == 1
    }

    /// Whether the handshake failed.
    var hasFailed: Bool { SSL_get_error(self.ssl, SSL_do_handshake(self.ssl)) != SSL_ERROR_WANT_READ }

    func feed(_ bytes: [UInt8]) { BIO_write(self.input, bytes, Int32(bytes.count)) }

    /// Returns the bytes to send.
    func drain() -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = BIO_read(self.output, &chunk, Int32(chunk.count))
            guard count > 0 else { return all }
            all += chunk[..<Int(count)]
        }
    }

    /// Puts `bytes`, at most 16 KiB, into a record.
    func write(_ bytes: [UInt8]) {
        ERR_clear_error()
        SSL_write(self.ssl, bytes, Int32(bytes.count))
    }

    /// Reads the received bytes, and answers them where TLS does.
    func read() {
        var chunk = [UInt8](repeating: 0, count: 16384)
        ERR_clear_error()
        while SSL_read(self.ssl, &chunk, Int32(chunk.count)) > 0 {}
    }

    /// Changes the keys (RFC 8446 §4.6.3).
    func updateKeys(wantsAnswer: Bool) {
        SSL_key_update(self.ssl, wantsAnswer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED)
        _ = self.shakeHands()
    }

    /// Asks for another handshake, in TLS 1.2.
    func renegotiate() {
        SSL_renegotiate(self.ssl)
        _ = self.shakeHands()
    }
}
