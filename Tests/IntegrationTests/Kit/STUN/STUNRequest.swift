/// A binding request as clients send it (protocol §5), every part of which a test may spoil.
struct STUNRequest {
    static let cookie: [UInt8] = [0x21, 0x12, 0xa4, 0x42]

    var type: [UInt8] = [0x00, 0x01]
    var cookie = Self.cookie
    var transaction = TestKey.random(12)
    var software: [UInt8] = Array("tailnode".utf8)
    var fingerprintMask: UInt32 = 0x5354_554e
    var hasFingerprint = true

    var encoded: [UInt8] {
        let software = [0x80, 0x22, 0, UInt8(self.software.count)] + self.software
        let length = software.count + (self.hasFingerprint ? 8 : 0)
        let head = self.type + [0, UInt8(length)] + self.cookie + self.transaction + software
        guard self.hasFingerprint else { return head }
        let fingerprint = Self.crc32(head) ^ self.fingerprintMask
        return head + [0x80, 0x28, 0, 4] + (0..<4).map { UInt8(truncatingIfNeeded: fingerprint >> (24 - 8 * $0)) }
    }

    /// CRC-32 as of ITU V.42, which RFC 5389 §15.5 names.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
    }
}
