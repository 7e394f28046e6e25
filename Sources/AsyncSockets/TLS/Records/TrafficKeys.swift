import CAsyncSockets
import CDERPOpenSSL

/// The keys for one direction of a TLS 1.3 connection (RFC 8446 §7.3): a secret, the key and IV that follow from it,
/// and the number of the next record.
final class TrafficKeys {
    private let suite: TLSCipherSuite
    private let encrypts: Bool
    private var secret: [UInt8]
    @exclusivity(unchecked) private var cipher: OpaquePointer
    @exclusivity(unchecked) private var iv: (high: UInt32, low: UInt64)
    /// The number of the next record, from 0.
    @exclusivity(unchecked) private(set) var sequence: UInt64 = 0

    /// Returns `nil` if OpenSSL refuses.
    init?(suite: TLSCipherSuite, secret: [UInt8], encrypts: Bool) {
        guard let (cipher, iv) = Self.derive(suite, secret, encrypts) else { return nil }
        self.suite = suite
        self.encrypts = encrypts
        self.secret = secret
        self.cipher = cipher
        self.iv = iv
    }

    deinit {
        EVP_CIPHER_CTX_free(self.cipher)
        self.secret.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    /// Switches to the next secret (RFC 8446 §7.2). Returns `false` if OpenSSL refuses.
    func update() -> Bool {
        var next = [UInt8](repeating: 0, count: self.suite.secretSize)
        guard cas_hkdf_expand_label(self.suite.hash, self.secret, "traffic upd", &next, next.count) == 1,
            let (cipher, iv) = Self.derive(self.suite, next, self.encrypts)
        else { return false }
        EVP_CIPHER_CTX_free(self.cipher)
        self.secret.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
        self.secret = next
        self.cipher = cipher
        self.iv = iv
        self.sequence = 0
        return true
    }

    private static func derive(
        _ suite: TLSCipherSuite,
        _ secret: [UInt8],
        _ encrypts: Bool
    ) -> (OpaquePointer, (UInt32, UInt64))? {
        var key = [UInt8](repeating: 0, count: suite.keySize)
        var iv = [UInt8](repeating: 0, count: Int(CAS_NONCE_SIZE))
        defer { key.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        guard secret.count == suite.secretSize,
            cas_hkdf_expand_label(suite.hash, secret, "key", &key, key.count) == 1,
            cas_hkdf_expand_label(suite.hash, secret, "iv", &iv, iv.count) == 1,
            let cipher = cas_aead_new(suite.cipher, key, encrypts ? 1 : 0)
        else { return nil }
        return iv.withUnsafeBytes {
            (cipher, ($0.loadUnaligned(as: UInt32.self), $0.loadUnaligned(fromByteOffset: 4, as: UInt64.self)))
        }
    }

    /// Encrypts `text` and `type` to `output`, which has room for them and the tag.
    func seal(
        _ text: UnsafeRawBufferPointer,
        type: UInt8,
        header: UnsafeRawPointer,
        to output: UnsafeMutableRawPointer
    ) -> Bool {
        self.withNonce { nonce in
            cas_aead_seal(
                self.cipher,
                nonce,
                header.assumingMemoryBound(to: UInt8.self),
                TLSRecord.headerCount,
                text.baseAddress?.assumingMemoryBound(to: UInt8.self),
                text.count,
                type,
                output.assumingMemoryBound(to: UInt8.self)
            ) == 1
        }
    }

    /// Decrypts the body of the record at `record`. Returns `false` if it was altered.
    func open(_ record: UnsafeRawPointer, bodyCount: Int, to output: UnsafeMutableRawPointer) -> Bool {
        self.withNonce { nonce in
            let header = record.assumingMemoryBound(to: UInt8.self)
            return cas_aead_open(
                self.cipher,
                nonce,
                header,
                TLSRecord.headerCount,
                header + TLSRecord.headerCount,
                bodyCount - TLSRecord.tagCount,
                output.assumingMemoryBound(to: UInt8.self)
            ) == 1
        }
    }

    /// RFC 8446 §5.3: the IV, combined with the record's number. Each is used once.
    @inline(__always)
    private func withNonce(_ body: (UnsafePointer<UInt8>) -> Bool) -> Bool {
        var nonce = (self.iv.high, self.iv.low ^ self.sequence.bigEndian)
        self.sequence &+= 1
        return withUnsafeBytes(of: &nonce.0) { high in
            withUnsafeBytes(of: &nonce.1) { low in
                withUnsafeTemporaryAllocation(byteCount: Int(CAS_NONCE_SIZE), alignment: 8) { bytes in
                    bytes.copyMemory(from: high)
                    bytes.baseAddress!.advanced(by: 4).copyMemory(from: low.baseAddress!, byteCount: 8)
                    return body(bytes.baseAddress!.assumingMemoryBound(to: UInt8.self))
                }
            }
        }
    }
}
