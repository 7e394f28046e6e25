import CDERPOpenSSL

/// A cipher suite of TLS 1.3 (RFC 8446 §B.4): an AEAD and a hash.
// @unchecked: the pointers are OpenSSL's constants.
struct TLSCipherSuite: @unchecked Sendable {
    let cipher: OpaquePointer
    let hash: OpaquePointer
    /// Its place among all suites.
    let index: Int

    /// The number of suites.
    static let count = 3

    /// The size of a key, in bytes.
    var keySize: Int { Int(EVP_CIPHER_get_key_length(self.cipher)) }
    /// The size of a traffic secret, in bytes.
    var secretSize: Int { Int(EVP_MD_get_size(self.hash)) }

    /// Returns the suite with this number, or `nil` unless it is AES-GCM or ChaCha20-Poly1305.
    init?(number: UInt16) {
        switch number {
        case 0x1301: self.init(0, EVP_aes_128_gcm(), EVP_sha256())
        case 0x1302: self.init(1, EVP_aes_256_gcm(), EVP_sha384())
        case 0x1303: self.init(2, EVP_chacha20_poly1305(), EVP_sha256())
        default: return nil
        }
    }

    private init?(_ index: Int, _ cipher: OpaquePointer?, _ hash: OpaquePointer?) {
        guard let cipher, let hash else { return nil }
        self.cipher = cipher
        self.hash = hash
        self.index = index
    }
}
