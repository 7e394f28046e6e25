import CAsyncSockets
import CDERPOpenSSL
import Glibc

/// TLS by OpenSSL, over memory. Its BIO reads from and writes to the loop's window. Confined to the loop.
final class OpenSSLSession: TransportSecurity {
    let session: OpaquePointer
    private let buffers: LoopBuffers
    /// Held as long as the session, which calls back into it.
    private let context: TLSContext
    var isServer: Bool { self.context.isServer }
    /// The place for the traffic secrets during the handshake; `nil` if records stay with OpenSSL.
    private var secrets: UnsafeMutablePointer<cas_traffic_secrets>?
    /// How often the handshake may continue to read.
    private var readsLeft = OpenSSLSession.handshakeReads

    init(
        context: TLSContext,
        buffers: LoopBuffers,
        serverName: String?,
        certificateName: String? = nil
    ) throws(SocketError) {
        if context.verification.needsServerName, certificateName == nil {
            throw SocketError(.tls, "a certificate can't be verified without the server's name")
        }
        guard let session = SSL_new(context.handle), let bio = cas_tls_bio(buffers.window) else {
            // Only memory can be missing.
            throw SocketError(.exhausted, TLSContext.lastError("make a TLS session").message)
        }
        self.session = session
        self.buffers = buffers
        self.context = context
        if context.usesOwnRecords {
            let secrets = UnsafeMutablePointer<cas_traffic_secrets>.allocate(capacity: 1)
            secrets.initialize(to: cas_traffic_secrets())
            cas_capture_secrets(session, secrets)
            self.secrets = secrets
        }
        SSL_set_bio(session, bio, bio)
        if context.isServer {
            SSL_set_accept_state(session)
        } else {
            SSL_set_connect_state(session)
            if let certificateName { try self.expect(certificateName) }
            if let serverName { try self.announce(serverName) }
        }
    }

    deinit {
        self.forgetSecrets()
        SSL_free(self.session)
    }

    private func forgetSecrets() {
        guard let secrets = self.secrets else { return }
        cas_capture_secrets(self.session, nil)
        cas_forget_secrets(secrets)
        secrets.deallocate()
        self.secrets = nil
    }

    /// Returns what protects the connection from now on: a record layer of our own if that is possible, this session
    /// otherwise.
    ///
    /// Call it when the handshake is complete and no application data was read or written: both sequence numbers are
    /// then 0, unless a server sent tickets. OpenSSL reads from memory record by record, so nothing is left in the
    /// session. If something is left, the session stays. It also stays for a peer that negotiated smaller records (RFC
    /// 6066 §4).
    func takeOver() -> any TransportSecurity {
        defer { self.forgetSecrets() }
        guard let secrets = self.secrets, SSL_version(self.session) == TLS1_3_VERSION,
            SSL_is_init_finished(self.session) == 1, SSL_has_pending(self.session) == 0,
            !self.context.isServer || SSL_get_num_tickets(self.session) == 0,
            SSL_SESSION_get_max_fragment_length(SSL_get_session(self.session)) == 0,
            let cipher = SSL_get_current_cipher(self.session),
            let suite = TLSCipherSuite(number: SSL_CIPHER_get_protocol_id(cipher)),
            secrets.pointee.client_size == suite.secretSize, secrets.pointee.server_size == suite.secretSize,
            let client = self.keys(suite, &secrets.pointee.client, encrypts: !self.context.isServer),
            let server = self.keys(suite, &secrets.pointee.server, encrypts: self.context.isServer)
        else { return self }
        return TLSRecordLayer(
            reading: self.context.isServer ? client : server,
            writing: self.context.isServer ? server : client,
            isServer: self.context.isServer
        )
    }

    private func keys<Secret>(
        _ suite: TLSCipherSuite,
        _ secret: inout Secret,
        encrypts: Bool
    ) -> TrafficKeys? {
        withUnsafeBytes(of: &secret) {
            TrafficKeys(
                suite: suite,
                secret: Array($0.prefix(suite.secretSize)),
                encrypts: encrypts,
                pool: self.buffers.ciphers
            )
        }
    }

    /// RFC 6066 §3: literals are not sent.
    private func announce(_ name: String) throws(SocketError) {
        guard IPAddress(name) == nil, cas_tls_set_server_name(self.session, name) != 1 else { return }
        throw TLSContext.lastError("tell the server's name")
    }

    private func expect(_ name: String) throws(SocketError) {
        let isSet =
            if IPAddress(name) != nil {
                X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(self.session), name) == 1
            } else {
                SSL_set1_host(self.session, name) == 1
            }
        guard isSet else { throw TLSContext.lastError("expect a certificate for the server's name") }
    }

    func handshake(_ input: UnsafeRawBufferPointer, output: inout SealedOutput) -> HandshakeProgress {
        self.withWindow(input, &output) {
            self.buffers.window.pointee.reads_left = self.readsLeft
            let result = SSL_do_handshake(self.session)
            self.readsLeft = self.buffers.window.pointee.reads_left
            if result == 1 {
                guard self.isPeerAccepted else { return .failed("the certificate is not the pinned one") }
                return .complete(unread: self.buffers.window.pointee.input_left)
            }
            guard SSL_get_error(self.session, result) == SSL_ERROR_WANT_READ else {
                guard self.readsLeft > 0 else { return .failed("the handshake has too many records") }
                return self.refusal ?? .failed(TLSContext.lastReason())
            }
            return .needsInput
        }
    }

    /// The reason why the peer's certificate isn't trusted, or `nil` if that isn't what failed.
    private var refusal: HandshakeProgress? {
        let result = SSL_get_verify_result(self.session)
        guard !self.isServer, self.context.verification.needsServerName, result != Int(X509_V_OK),
            let reason = X509_verify_cert_error_string(result)
        else { return nil }
        let text = "the server's certificate is not trusted: \(String(cString: reason))"
        return Self.takeShortage() ? .exhausted(text) : .failed(text)
    }

    /// Returns whether OpenSSL lacked files or memory, according to the errors that it left on this thread, and removes
    /// these. OpenSSL reads authorities of the system's directory when they are needed. One that can't be read counts
    /// as unknown.
    private static func takeShortage() -> Bool {
        var isShort = false
        while case let error = ERR_get_error(), error != 0 {
            // ERR_SYSTEM_ERROR and ERR_GET_REASON, which are macros.
            guard error & 0x8000_0000 != 0 else { continue }
            isShort = isShort || [EMFILE, ENFILE, ENOMEM].contains(Int32(truncatingIfNeeded: error & 0x7fff_ffff))
        }
        return isShort
    }

    private var isPeerAccepted: Bool {
        guard case .pinned(let expected) = self.context.verification else { return true }
        guard let certificate = SSL_get1_peer_certificate(self.session) else { return false }
        defer { X509_free(certificate) }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1 else { return false }
        return Array(digest.prefix(Int(count))) == expected
    }

    func open(
        _ input: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutableRawBufferPointer,
        output: inout SealedOutput
    ) -> OpenResult {
        self.withWindow(input, &output) {
            var result = OpenResult(count: 0)
            while result.count < plaintext.count {
                var count = 0
                let status = SSL_read_ex(
                    self.session,
                    plaintext.baseAddress! + result.count,
                    plaintext.count - result.count,
                    &count
                )
                if status == 1 {
                    result.count += count
                    continue
                }
                switch SSL_get_error(self.session, status) {
                case SSL_ERROR_WANT_READ: break
                case SSL_ERROR_ZERO_RETURN: result.isClosed = true
                default: result.failure = TLSContext.lastReason()
                }
                break
            }
            return result
        }
    }

    func seal(_ plaintext: UnsafeRawBufferPointer, output: inout SealedOutput) -> Int? {
        var sealed = 0
        let succeeded = self.withWindow(UnsafeRawBufferPointer(start: nil, count: 0), &output) {
            while sealed < plaintext.count {
                let size = min(plaintext.count - sealed, Self.recordSize)
                guard self.buffers.window.pointee.output_left >= size + Self.recordOverhead else { break }
                var count = 0
                guard SSL_write_ex(self.session, plaintext.baseAddress! + sealed, size, &count) == 1 else {
                    ERR_clear_error()
                    return false
                }
                sealed += count
            }
            return true
        }
        return succeeded ? sealed : nil
    }

    func close(output: inout SealedOutput) {
        self.withWindow(UnsafeRawBufferPointer(start: nil, count: 0), &output) {
            guard SSL_is_init_finished(self.session) == 1 else { return }
            SSL_shutdown(self.session)
            ERR_clear_error()
        }
    }

    /// Twice the number of records that a handshake may have, because OpenSSL reads the header first. Real handshakes
    /// have ten. Each record costs, however little it contains.
    private static let handshakeReads: UInt32 = 2 * 1024

    /// RFC 8446 §5.1: the maximum content of one record, in bytes.
    private static let recordSize = 16 * 1024
    /// RFC 8446 §5.2 allows 256 bytes of expansion and 5 of header; a pending KeyUpdate may go out first.
    private static let recordOverhead = 1024

    private func withWindow<Result>(
        _ input: UnsafeRawBufferPointer,
        _ output: inout SealedOutput,
        _ body: () -> Result
    ) -> Result {
        let space = output.space
        self.buffers.window.pointee = cas_tls_window(
            input: input.baseAddress?.assumingMemoryBound(to: UInt8.self),
            input_left: input.count,
            output: space.baseAddress?.assumingMemoryBound(to: UInt8.self),
            output_left: space.count,
            reads_left: .max
        )
        defer { output.advance(by: space.count - self.buffers.window.pointee.output_left) }
        // SSL_get_error(3) reads the thread's queue. What another session left there must not fail this one.
        ERR_clear_error()
        return body()
    }
}
