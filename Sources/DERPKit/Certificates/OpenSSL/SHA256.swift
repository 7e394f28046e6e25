import CDERPOpenSSL

/// SHA-256 (FIPS 180-4).
enum SHA256 {
    /// Returns the 32-byte digest of `bytes`.
    static func digest(of bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { buffer, count in
            CDERPOpenSSL.SHA256(bytes, bytes.count, buffer.baseAddress)
            count = Int(SHA256_DIGEST_LENGTH)
        }
    }
}
