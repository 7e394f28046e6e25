/// The header of a client's frame (RFC 6455 §5.2), checked as far as that is possible for the header alone.
struct WebSocketFrameHeader: Hashable, Sendable {
    let opcode: WebSocketOpcode
    /// Whether it is its message's last frame.
    let isFinal: Bool
    /// In bytes.
    let payloadCount: UInt64
    let mask: WebSocketMask
    /// The header's own size, in bytes.
    let byteCount: Int

    /// Reads the header at the start of `bytes`. Returns `nil` while it is incomplete. Finds an error at the first byte
    /// that shows it.
    init?(_ bytes: UnsafeRawBufferPointer) throws(WebSocketViolation) {
        guard bytes.count > 0 else { return nil }
        guard bytes[0] & 0x70 == 0 else { throw .reservedBits }
        guard let opcode = WebSocketOpcode(rawValue: bytes[0] & 0x0f) else { throw .unknownOpcode }
        self.opcode = opcode
        self.isFinal = bytes[0] & 0x80 != 0
        guard self.isFinal || !opcode.isControl else { throw .fragmentedControl }

        guard bytes.count > 1 else { return nil }
        guard bytes[1] & 0x80 != 0 else { throw .unmaskedFrame }
        let short = bytes[1] & 0x7f
        guard short < 126 || !opcode.isControl else { throw .largeControl }
        let maskOffset: Int
        switch short {
        case 126:
            maskOffset = 4
            guard bytes.count >= maskOffset else { return nil }
            self.payloadCount = UInt64(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard self.payloadCount > 125 else { throw .malformedLength }
        case 127:
            maskOffset = 10
            guard bytes.count >= maskOffset else { return nil }
            self.payloadCount = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard self.payloadCount > UInt64(UInt16.max), self.payloadCount >> 63 == 0 else { throw .malformedLength }
        default:
            maskOffset = 2
            self.payloadCount = UInt64(short)
        }

        self.byteCount = maskOffset + 4
        guard bytes.count >= self.byteCount else { return nil }
        self.mask = WebSocketMask(bytes.loadUnaligned(fromByteOffset: maskOffset, as: UInt32.self))
    }
}
