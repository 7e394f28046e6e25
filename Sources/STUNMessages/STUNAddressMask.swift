/// The bytes with which an address is XORed, so that no middlebox rewrites it (RFC 8489 §14.2).
struct STUNAddressMask {
    let port: UInt16
    let ipv4: UInt32
    /// The first and the last eight bytes of the mask for IPv6.
    let high: UInt64
    let low: UInt64

    /// The mask of XOR-MAPPED-ADDRESS.
    init(_ transactionID: STUNTransactionID) {
        self.port = UInt16(STUNHeader.magicCookie >> 16)
        self.ipv4 = STUNHeader.magicCookie
        self.high = UInt64(STUNHeader.magicCookie) << 32 | UInt64(transactionID.head)
        self.low = transactionID.tail
    }

    private init() {
        self.port = 0
        self.ipv4 = 0
        self.high = 0
        self.low = 0
    }

    /// The mask of MAPPED-ADDRESS, which changes nothing.
    static let none = Self()
}
