import CAsyncSockets
import CDERPOpenSSL

/// The keys for one direction of a TLS 1.3 connection (RFC 8446 §7.3): a secret, the key and IV that follow from it,
/// and the number of the next record.
final class TrafficKeys {
    private let suite: TLSCipherSuite
    private let encrypts: Bool
    @exclusivity(unchecked) private var keys = cas_traffic_keys()
    private let pool: CipherPool
    /// May have got another key in the meantime.
    @exclusivity(unchecked) private var lastCipher: UnsafeMutablePointer<CipherPool.Cipher>?
    /// The number of the next record, from 0.
    @exclusivity(unchecked) private(set) var sequence: UInt64 = 0

    /// - Parameter pool: The loop's ciphers. By default, one of its own.
    /// - Returns: `nil` if OpenSSL refuses, or the secret hasn't the suite's size.
    init?(suite: TLSCipherSuite, secret: [UInt8], encrypts: Bool, pool: CipherPool = CipherPool()) {
        self.suite = suite
        self.encrypts = encrypts
        self.pool = pool
        guard secret.count == suite.secretSize else { return nil }
        withUnsafeMutableBytes(of: &self.keys.secret) { $0.copyBytes(from: secret) }
        guard cas_traffic_keys_derive(&self.keys, suite.hash, suite.keySize) == 1 else { return nil }
    }

    deinit {
        cas_traffic_keys_forget(&self.keys)
    }

    /// Switches to the next secret (RFC 8446 §7.2). Returns `false` if OpenSSL refuses.
    func update() -> Bool {
        self.retire()
        guard cas_traffic_keys_update(&self.keys, self.suite.hash, self.suite.keySize) == 1 else { return false }
        self.sequence = 0
        return true
    }

    /// Gives up the cipher.
    func retire() {
        guard let cipher = self.lastCipher else { return }
        self.lastCipher = nil
        if cipher.pointee.holder == self.identity { self.pool.giveBack(cipher) }
    }

    private var identity: UnsafeRawPointer { UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// A cipher that has this key.
    @inline(__always)
    private var cipher: OpaquePointer? {
        if let cipher = self.lastCipher, cipher.pointee.holder == self.identity {
            self.pool.noteUse(of: cipher)
            return cipher.pointee.context
        }
        return self.takeCipher()
    }

    @inline(never)
    private func takeCipher() -> OpaquePointer? {
        self.lastCipher = withUnsafeBytes(of: &self.keys.key) { key in
            self.pool.take(
                self.suite,
                for: self.identity,
                key: key.baseAddress!.assumingMemoryBound(to: UInt8.self),
                encrypts: self.encrypts
            )
        }
        return self.lastCipher?.pointee.context
    }

    /// Encrypts `text` and `type` to `output`, which has room for them and the tag.
    func seal(
        _ text: UnsafeRawBufferPointer,
        type: UInt8,
        header: UnsafeRawPointer,
        to output: UnsafeMutableRawPointer
    ) -> Bool {
        guard let cipher = self.cipher else { return false }
        return self.withNonce { nonce in
            cas_aead_seal(
                cipher,
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
        guard let cipher = self.cipher else { return false }
        return self.withNonce { nonce in
            let header = record.assumingMemoryBound(to: UInt8.self)
            return cas_aead_open(
                cipher,
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
        let number = self.sequence.bigEndian
        self.sequence &+= 1
        return withUnsafeTemporaryAllocation(byteCount: Int(CAS_NONCE_SIZE), alignment: 8) { nonce in
            withUnsafeBytes(of: &self.keys.iv) { iv in
                nonce.storeBytes(of: iv.loadUnaligned(as: UInt32.self), as: UInt32.self)
                let low = iv.loadUnaligned(fromByteOffset: 4, as: UInt64.self) ^ number
                nonce.storeBytes(of: low, toByteOffset: 4, as: UInt64.self)
            }
            return body(nonce.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
    }
}
