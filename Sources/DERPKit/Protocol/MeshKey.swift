import CDERPSodium

/// The 32-byte secret that the nodes of one mesh share (docs/protocol.md, "Mesh"). Never printed: its description is
/// redacted.
public struct MeshKey: Sendable {
    /// The size of a key, in bytes.
    package static let byteCount = 32

    private let bytes: [UInt8]

    /// Reads 32 raw bytes. Returns `nil` for any other size and for all zeros.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, bytes.contains(where: { $0 != 0 }) else { return nil }
        self.bytes = bytes
    }

    /// Makes a random key.
    static func random() -> Self {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        randombytes_buf(&bytes, bytes.count)
        return Self(unchecked: bytes)
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// Reads 64 hexadecimal digits, with optional white space around them. Returns `nil` for anything else, and for all
    /// zeros.
    public init?(text: some StringProtocol) {
        let isBlank: (UInt8) -> Bool = { (0x09...0x0d).contains($0) || $0 == 0x20 }
        let digits = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        guard let bytes = Hex.decode(String(decoding: Array(digits), as: UTF8.self)) else { return nil }
        self.init(bytes: bytes)
    }

    /// The key as 64 lower-case hexadecimal digits, for key files and logins only. Secret.
    public var secretText: String { Hex.encode(self.bytes) }
}

extension MeshKey: Hashable {
    /// Compares in constant time, wherever the keys differ.
    public static func == (left: Self, right: Self) -> Bool {
        sodium_memcmp(left.bytes, right.bytes, Self.byteCount) == 0
    }
}

extension MeshKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted mesh key>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
