/// One attribute of a message, within the message's own bytes (RFC 8489 §14).
struct STUNAttribute {
    /// The kind of an attribute. Unknown kinds are kept as numbers and skipped.
    struct Kind: Hashable {
        let rawValue: UInt16

        static let mappedAddress = Self(rawValue: 0x0001)
        static let xorMappedAddress = Self(rawValue: 0x0020)
        static let software = Self(rawValue: 0x8022)
        static let fingerprint = Self(rawValue: 0x8028)
    }

    /// The bytes before every value: kind and length.
    static let headerSize = 4

    let kind: Kind
    /// The value without its padding.
    let value: UnsafeRawBufferPointer
    /// The position of the attribute's header, in bytes from the start of the message.
    let offset: Int
}
