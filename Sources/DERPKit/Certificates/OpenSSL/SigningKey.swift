import CDERPOpenSSL

/// The private key of a certificate, in OpenSSL's form.
final class SigningKey {
    let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(self.pointer) }

    /// Makes a new ECDSA key on P-256 (FIPS 186-5).
    static func p256() throws(OpenSSLFailure) -> SigningKey {
        try self.generate(EVP_PKEY_EC) { context in
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1)
        }
    }

    /// Makes a new Ed25519 key (RFC 8032).
    static func ed25519() throws(OpenSSLFailure) -> SigningKey {
        try self.generate(EVP_PKEY_ED25519) { _ in 1 }
    }

    /// Reads the first private key of a PEM text. Refuses an encrypted key, because nobody is asked for a password.
    static func read(fromPEM text: String) throws(OpenSSLFailure) -> SigningKey {
        let bio = try MemoryBIO(text)
        ERR_clear_error()
        return SigningKey(
            owning: try OpenSSLFailure.check(PEM_read_bio_PrivateKey(bio.pointer, nil, refusePassword, nil))
        )
    }

    /// The key as one unencrypted PKCS #8 PEM block. Secret.
    func pem() throws(OpenSSLFailure) -> String {
        let bio = try MemoryBIO()
        try OpenSSLFailure.check(PEM_write_bio_PrivateKey(bio.pointer, self.pointer, nil, nil, 0, nil, nil))
        return bio.text()
    }

    /// Returns whether `certificate` certifies this key.
    func matches(_ certificate: X509Certificate) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_private_key(certificate.pointer, self.pointer) == 1
    }

    /// The digest for signing with this key. Ed25519 and similar keys have their own.
    var digest: OpaquePointer? {
        switch EVP_PKEY_get_base_id(self.pointer) {
        case EVP_PKEY_ED25519, EVP_PKEY_ED448: nil
        default: EVP_sha256()
        }
    }

    private static func generate(
        _ type: CInt,
        configure: (OpaquePointer) -> CInt
    ) throws(OpenSSLFailure) -> SigningKey {
        let context = try OpenSSLFailure.check(EVP_PKEY_CTX_new_id(type, nil))
        defer { EVP_PKEY_CTX_free(context) }
        try OpenSSLFailure.check(EVP_PKEY_keygen_init(context))
        try OpenSSLFailure.check(configure(context))
        var key: OpaquePointer?
        try OpenSSLFailure.check(EVP_PKEY_keygen(context, &key))
        return SigningKey(owning: try OpenSSLFailure.check(key))
    }
}

/// Passed to OpenSSL wherever it would otherwise ask the terminal for a password.
func refusePassword(
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: CInt,
    _ isWriting: CInt,
    _ context: UnsafeMutableRawPointer?
) -> CInt {
    -1
}
