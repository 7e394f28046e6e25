/// The 96 bits that tie a response to its request (RFC 8489 §5).
public struct STUNTransactionID: Hashable, Sendable {
    /// The first four bytes and the last eight, most significant byte first: the parts that the XOR for IPv6 uses.
    let head: UInt32
    let tail: UInt64

    init(head: UInt32, tail: UInt64) {
        self.head = head
        self.tail = tail
    }

    /// Reads exactly 12 bytes. Returns `nil` for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 12 else { return nil }
        self.init(
            head: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) },
            tail: bytes.dropFirst(4).reduce(0) { $0 << 8 | UInt64($1) }
        )
    }

    /// Makes a new ID with the system's cryptographic generator, so that nobody off the path can guess it.
    public static func random() -> Self {
        var generator = SystemRandomNumberGenerator()
        return Self(
            head: .random(in: .min ... .max, using: &generator),
            tail: .random(in: .min ... .max, using: &generator)
        )
    }

    /// The 12 bytes as they are on the wire.
    public var bytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: self.head >> (24 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: self.tail >> (56 - 8 * $0)) }
    }
}
