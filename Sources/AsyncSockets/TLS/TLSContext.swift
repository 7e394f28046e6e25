import CAsyncSockets
import CDERPOpenSSL
import Glibc

/// Settings that many TLS sessions share: certificates, versions, and the requirements for the peer's certificate.
///
/// Supports TLS 1.2 (RFC 5246) and 1.3 (RFC 8446), without renegotiation, without resumption, and without ALPN unless
/// asked for. Keys are exchanged by X25519MLKEM768 (if OpenSSL is 3.5 or newer), X25519 or P-256, and nothing else:
/// with other groups, a client that does no work could make the server do a lot.
// @unchecked: an SSL_CTX is counted atomically and never changed after init.
public final class TLSContext: @unchecked Sendable {
    /// The supported versions of TLS.
    public enum Versions: Sendable {
        case tls12, tls13, both
    }

    /// A client's requirements for the server's certificate.
    public enum Verification: Sendable {
        /// The certificate must be trusted by the system, and be for the host's name.
        case system
        /// Like ``system``, or trusted by one of these authorities, whose certificates are given as PEM.
        case systemAnd(authoritiesPEM: String)
        /// The certificate's SHA-256 (over the DER form) must be this one, 32 bytes.
        case pinned([UInt8])
        /// No requirements. For tests and measurements.
        case none
    }

    let handle: OpaquePointer
    let isServer: Bool
    let usesOwnRecords: Bool
    let verification: Verification
    private let selector: Selector?

    /// Which code protects application data under TLS 1.3 after OpenSSL has done the handshake.
    public enum Records: Sendable {
        /// The library's own record layer: fewer copies, and far less memory per connection.
        case own
        /// OpenSSL, as it always does under TLS 1.2.
        case openSSL
    }

    /// Makes a server's context.
    ///
    /// - Parameters:
    ///   - chainPEM: The server's certificate and those that lead to its root, as PEM.
    ///   - privateKeyPEM: The certificate's unencrypted key, as PEM.
    ///   - appendedDER: More certificates, which are sent unchanged after the chain.
    ///   - applicationProtocol: The only protocol, which clients must offer (ALPN, RFC 7301); `nil` ignores offers.
    /// - Throws: ``SocketError`` with code `tls` if one of them can't be read or they don't match.
    public init(
        serverChainPEM chainPEM: String,
        privateKeyPEM: String,
        appendedDER: [[UInt8]] = [],
        applicationProtocol: StaticString? = nil,
        versions: Versions = .both,
        records: Records = .own
    ) throws(SocketError) {
        self.handle = try Self.makeContext(isServer: true, versions)
        self.isServer = true
        self.usesOwnRecords = records == .own
        self.verification = .none
        self.selector = nil
        // From here on an error runs deinit, which frees the context.
        try self.useChain(chainPEM)
        try self.usePrivateKey(privateKeyPEM)
        for der in appendedDER { try self.append(der) }
        if let applicationProtocol { cas_tls_require_protocol(self.handle, applicationProtocol.utf8Start) }
    }

    /// Makes a server's context without a certificate. Each client gets the certificate of the context that `select`
    /// returns.
    ///
    /// - Parameter select: Called within the handshake, on the client's loop. `nil` refuses the client with an alert
    ///   (handshake_failure).
    /// - Throws: ``SocketError`` with code `tls` if TLS can't be set up.
    public init(
        versions: Versions = .both,
        records: Records = .own,
        selecting select: @escaping @Sendable (TLSClientHello) -> TLSContext?
    ) throws(SocketError) {
        let selector = Selector(select)
        self.handle = try Self.makeContext(isServer: true, versions)
        self.isServer = true
        self.usesOwnRecords = records == .own
        self.verification = .none
        self.selector = selector
        self.ask(selector)
    }

    /// Makes a client's context.
    ///
    /// - Throws: ``SocketError`` with code `tls` if the authorities' certificates can't be read.
    public init(
        clientVerification verification: Verification,
        versions: Versions = .both,
        records: Records = .own
    ) throws(SocketError) {
        self.handle = try Self.makeContext(isServer: false, versions)
        self.isServer = false
        self.usesOwnRecords = records == .own
        self.verification = verification
        self.selector = nil
        guard verification.needsServerName else { return }
        SSL_CTX_set_default_verify_paths(self.handle)
        SSL_CTX_set_verify(self.handle, SSL_VERIFY_PEER, nil)
        if case .systemAnd(let pem) = verification { try self.trust(pem) }
    }

    deinit {
        SSL_CTX_free(self.handle)
    }

    private static func makeContext(isServer: Bool, _ versions: Versions) throws(SocketError) -> OpaquePointer {
        guard let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
            throw Self.lastError("set up TLS")
        }
        let range =
            switch versions {
            case .tls12: (TLS1_2_VERSION, TLS1_2_VERSION)
            case .tls13: (TLS1_3_VERSION, TLS1_3_VERSION)
            case .both: (TLS1_2_VERSION, TLS1_3_VERSION)
            }
        guard cas_tls_set_version_range(context, range.0, range.1) == 1, cas_tls_use_groups(context) == 1,
            !isServer || cas_tls_use_server_suites(context) == 1
        else {
            let error = Self.lastError("set TLS versions, groups and suites")
            SSL_CTX_free(context)
            throw error
        }
        // DERP clients don't resume, and an idle connection must own as little as possible.
        cas_tls_disable_session_cache(context)
        cas_tls_set_buffer_release(context)
        cas_enable_secret_capture(context)
        return context
    }

    private func useChain(_ pem: String) throws(SocketError) {
        let certificates = Self.certificates(inPEM: pem)
        defer { certificates.forEach { X509_free($0) } }
        guard let first = certificates.first else { throw Self.lastError("read the certificate") }
        guard SSL_CTX_use_certificate(self.handle, first) == 1 else { throw Self.lastError("use the certificate") }
        for certificate in certificates.dropFirst() {
            guard cas_tls_add_chain_certificate(self.handle, certificate) == 1 else {
                throw Self.lastError("use the certificate's chain")
            }
        }
    }

    private func trust(_ pem: String) throws(SocketError) {
        let certificates = Self.certificates(inPEM: pem)
        defer { certificates.forEach { X509_free($0) } }
        guard !certificates.isEmpty else { throw Self.lastError("read the authorities' certificates") }
        let store = SSL_CTX_get_cert_store(self.handle)
        for certificate in certificates {
            guard X509_STORE_add_cert(store, certificate) == 1 else {
                throw Self.lastError("trust an authority's certificate")
            }
        }
    }

    private func usePrivateKey(_ pem: String) throws(SocketError) {
        let key = Self.withBIO(over: pem) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in 0 }, nil) }
        guard let key else { throw Self.lastError("read the certificate's key") }
        defer { EVP_PKEY_free(key) }
        guard SSL_CTX_use_PrivateKey(self.handle, key) == 1, SSL_CTX_check_private_key(self.handle) == 1 else {
            throw Self.lastError("use the certificate's key")
        }
    }

    private func append(_ der: [UInt8]) throws(SocketError) {
        let certificate = der.withUnsafeBufferPointer { bytes in
            var pointer = bytes.baseAddress
            return d2i_X509(nil, &pointer, bytes.count)
        }
        guard let certificate else { throw Self.lastError("read an appended certificate") }
        defer { X509_free(certificate) }
        guard cas_tls_add_chain_certificate(self.handle, certificate) == 1 else {
            throw Self.lastError("append a certificate")
        }
    }

    private static func certificates(inPEM pem: String) -> [OpaquePointer] {
        var certificates: [OpaquePointer] = []
        _ = self.withBIO(over: pem) { bio in
            while let certificate = PEM_read_bio_X509(bio, nil, { _, _, _, _ in 0 }, nil) {
                certificates.append(certificate)
            }
            return true
        }
        // The end of the input is reported as an error.
        if !certificates.isEmpty { ERR_clear_error() }
        return certificates
    }

    private static func withBIO<Result>(over text: String, _ body: (OpaquePointer) -> Result?) -> Result? {
        var text = text
        return text.withUTF8 { bytes in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
            defer { BIO_free(bio) }
            return body(bio)
        }
    }

    static func lastError(_ action: String) -> SocketError {
        SocketError(.tls, "\(action): \(Self.lastReason())")
    }

    /// OpenSSL's reason for the last failure on this thread.
    static func lastReason() -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            cas_tls_take_error(text.baseAddress!, text.count)
            return String(cString: text.baseAddress!)
        }
    }
}

extension TLSContext.Verification {
    /// Whether the certificate is verified for a name. Then a client must give a name.
    var needsServerName: Bool {
        switch self {
        case .system, .systemAnd: true
        case .pinned, .none: false
        }
    }
}
