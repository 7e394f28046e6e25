import IPAddresses

/// The 32-byte Curve25519 public key that names a client or a server.
///
/// All of it is hashed by the standard seeded hasher, because strangers choose these keys.
public struct NodePublicKey: Hashable, Sendable {
    /// The size of a key on the wire, in bytes.
    public static let byteCount = 32

    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Reads a key from exactly 32 raw bytes. Returns `nil` for any other size.
    @_spi(Benchmarks) public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount, let base = bytes.baseAddress else { return nil }
        self.init(unchecked: base)
    }

    /// Reads a key from exactly 32 raw bytes. Returns `nil` for any other size.
    public init?(_ bytes: some Sequence<UInt8>) {
        let array = Array(bytes)
        guard array.count == Self.byteCount else { return nil }
        self = array.withUnsafeBytes { Self(unchecked: $0.baseAddress!) }
    }

    /// Reads a key from 64 hexadecimal digits, with or without the prefix `nodekey:`.
    public init?(text: some StringProtocol) {
        let digits = text.rest(after: "nodekey:").map { String($0) } ?? String(text)
        guard let bytes = Hex.decode(digits), bytes.count == Self.byteCount else { return nil }
        self.init(bytes)
    }

    /// Reads 32 bytes at `pointer`, which need not be aligned.
    @inline(__always)
    @_spi(Benchmarks) public init(unchecked pointer: UnsafeRawPointer) {
        self.words = (
            pointer.loadUnaligned(as: UInt64.self),
            pointer.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            pointer.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            pointer.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        )
    }

    /// Writes the 32 bytes at `pointer`, which need not be aligned.
    @inline(__always)
    @_spi(Benchmarks) public func store(to pointer: UnsafeMutableRawPointer) {
        pointer.storeBytes(of: self.words.0, as: UInt64.self)
        pointer.storeBytes(of: self.words.1, toByteOffset: 8, as: UInt64.self)
        pointer.storeBytes(of: self.words.2, toByteOffset: 16, as: UInt64.self)
        pointer.storeBytes(of: self.words.3, toByteOffset: 24, as: UInt64.self)
    }

    /// The key's 32 raw bytes.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            self.store(to: buffer.baseAddress!)
            count = Self.byteCount
        }
    }

    /// The key as 64 lower-case hexadecimal digits.
    package var hex: String { Hex.encode(self.bytes) }

    /// Some of the key's bits, for small caches. Strangers choose them.
    @inline(__always)
    var someBits: UInt64 { self.words.0 ^ self.words.3 }

    /// True for the all-zero key, which names nobody.
    package var isZero: Bool { self.words.0 | self.words.1 | self.words.2 | self.words.3 == 0 }

    @inline(__always)
    public static func == (left: Self, right: Self) -> Bool {
        ((left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1)
            | (left.words.2 ^ right.words.2) | (left.words.3 ^ right.words.3)) == 0
    }

    @inline(__always)
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.words.0)
        hasher.combine(self.words.1)
        hasher.combine(self.words.2)
        hasher.combine(self.words.3)
    }
}
