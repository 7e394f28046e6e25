/// FINGERPRINT, the attribute that distinguishes STUN from other traffic (RFC 8489 §14.7). It is always the last eight
/// bytes.
enum STUNFingerprint {
    /// Bytes of the whole attribute.
    static let size = 8
    private static let mask: UInt32 = 0x5354_554e

    /// Returns whether `attribute` is a FINGERPRINT that ends `message` and matches everything before it.
    static func isValid(_ attribute: STUNAttribute, in message: UnsafeRawBufferPointer) -> Bool {
        guard attribute.kind == .fingerprint, attribute.value.count == 4, attribute.offset == message.count - Self.size
        else { return false }
        return attribute.value.loadBigEndian(at: 0, as: UInt32.self) == self.value(of: message, to: attribute.offset)
    }

    /// Writes the attribute to the last eight bytes of `message`, whose other bytes are already final.
    static func write(to message: UnsafeMutableRawBufferPointer) {
        let offset = message.count - Self.size
        message.storeBigEndian(STUNAttribute.Kind.fingerprint.rawValue, at: offset)
        message.storeBigEndian(UInt16(4), at: offset + 2)
        message.storeBigEndian(self.value(of: UnsafeRawBufferPointer(message), to: offset), at: offset + 4)
    }

    private static func value(of message: UnsafeRawBufferPointer, to offset: Int) -> UInt32 {
        CRC32.checksum(UnsafeRawBufferPointer(rebasing: message[..<offset])) ^ Self.mask
    }
}
