/// The 20 bytes at the start of every message (RFC 8489 §5).
struct STUNHeader {
    /// The class and method of a message. Only Binding is supported.
    struct Kind: Hashable {
        let rawValue: UInt16

        static let bindingRequest = Self(rawValue: 0x0001)
        static let bindingSuccess = Self(rawValue: 0x0101)
    }

    static let size = 20
    static let magicCookie: UInt32 = 0x2112_a442

    let kind: Kind
    /// The number of bytes that follow the header.
    let length: Int
    let transactionID: STUNTransactionID

    init(kind: Kind, length: Int, transactionID: STUNTransactionID) {
        self.kind = kind
        self.length = length
        self.transactionID = transactionID
    }

    /// Reads the header. Returns `nil` if this isn't STUN: too short, first two bits set, or another cookie.
    init?(_ message: UnsafeRawBufferPointer) {
        guard message.count >= Self.size else { return nil }
        let kind = message.loadBigEndian(at: 0, as: UInt16.self)
        guard kind & 0xc000 == 0, message.loadBigEndian(at: 4, as: UInt32.self) == Self.magicCookie else { return nil }
        self.init(
            kind: Kind(rawValue: kind),
            length: Int(message.loadBigEndian(at: 2, as: UInt16.self)),
            transactionID: STUNTransactionID(
                head: message.loadBigEndian(at: 8, as: UInt32.self),
                tail: message.loadBigEndian(at: 12, as: UInt64.self)
            )
        )
    }

    /// Writes the header to the first 20 bytes of `message`.
    func write(to message: UnsafeMutableRawBufferPointer) {
        message.storeBigEndian(self.kind.rawValue, at: 0)
        message.storeBigEndian(UInt16(truncatingIfNeeded: self.length), at: 2)
        message.storeBigEndian(Self.magicCookie, at: 4)
        message.storeBigEndian(self.transactionID.head, at: 8)
        message.storeBigEndian(self.transactionID.tail, at: 12)
    }
}
