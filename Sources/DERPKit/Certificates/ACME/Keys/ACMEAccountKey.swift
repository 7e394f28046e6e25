import CDERPOpenSSL

/// The key of an account at an ACME server: ECDSA on P-256, used as ES256 (RFC 7518 §3.4).
// @unchecked: OpenSSL counts the key atomically, and it is never changed.
final class ACMEAccountKey: @unchecked Sendable {
    private let key: SigningKey
    /// The public half.
    let publicKey: JSONWebKey

    /// Makes a new key.
    convenience init() throws(OpenSSLFailure) {
        try self.init(.p256())
    }

    /// Reads a key from PEM, as it is stored here and by others.
    ///
    /// - Throws: ``OpenSSLFailure`` if there is none or it isn't a key on P-256.
    convenience init(pem: String) throws(OpenSSLFailure) {
        try self.init(.read(fromPEM: pem))
    }

    private init(_ key: SigningKey) throws(OpenSSLFailure) {
        self.key = key
        guard try Self.curve(of: key) == "prime256v1" else {
            throw OpenSSLFailure(description: "not an ECDSA key on P-256")
        }
        self.publicKey = JSONWebKey(
            x: Base64URL.encode(try Self.coordinate("qx", of: key)),
            y: Base64URL.encode(try Self.coordinate("qy", of: key))
        )
    }

    /// The key as PEM. Secret.
    func pem() throws(OpenSSLFailure) -> String { try self.key.pem() }

    /// Returns the proof for a validator that this account wants a challenge answered (RFC 8555 §8.1).
    func keyAuthorization(of token: String) -> String { "\(token).\(self.publicKey.thumbprint)" }

    /// Signs `message` by ES256: r and s, 32 bytes each.
    func sign(_ message: [UInt8]) throws(OpenSSLFailure) -> [UInt8] {
        let der = try self.signature(of: message)
        let parsed = der.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            return d2i_ECDSA_SIG(nil, &cursor, bytes.count)
        }
        let signature = try OpenSSLFailure.check(parsed)
        defer { ECDSA_SIG_free(signature) }
        return try Self.bytes(ECDSA_SIG_get0_r(signature)) + Self.bytes(ECDSA_SIG_get0_s(signature))
    }

    private func signature(of message: [UInt8]) throws(OpenSSLFailure) -> [UInt8] {
        let context = try OpenSSLFailure.check(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        try OpenSSLFailure.check(EVP_DigestSignInit(context, nil, EVP_sha256(), nil, self.key.pointer))
        var size = 0
        try OpenSSLFailure.check(EVP_DigestSign(context, nil, &size, message, message.count))
        var der = [UInt8](repeating: 0, count: size)
        try OpenSSLFailure.check(EVP_DigestSign(context, &der, &size, message, message.count))
        return Array(der.prefix(size))
    }

    private static func curve(of key: SigningKey) throws(OpenSSLFailure) -> String {
        guard EVP_PKEY_get_base_id(key.pointer) == EVP_PKEY_EC else { return "" }
        var name = [CChar](repeating: 0, count: 64)
        try OpenSSLFailure.check(EVP_PKEY_get_group_name(key.pointer, &name, name.count, nil))
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func coordinate(_ name: String, of key: SigningKey) throws(OpenSSLFailure) -> [UInt8] {
        var number: OpaquePointer?
        try OpenSSLFailure.check(EVP_PKEY_get_bn_param(key.pointer, name, &number))
        defer { BN_free(number) }
        return try Self.bytes(number)
    }

    /// The number as 32 bytes, most significant first.
    private static func bytes(_ number: OpaquePointer?) throws(OpenSSLFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        try OpenSSLFailure.check(BN_bn2binpad(number, &bytes, CInt(bytes.count)))
        return bytes
    }
}
