import CSodium

/// The 32-byte secret that the nodes of one mesh share (docs/protocol.md, "Mesh"). Never printed: its description is
/// redacted.
public struct MeshKey: Sendable {
    /// The size of a key, in bytes.
    public static let byteCount = 32

    private let bytes: [UInt8]

    /// Takes 32 raw bytes; `nil` for any other size or for all zeros.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, bytes.contains(where: { $0 != 0 }) else { return nil }
        self.bytes = bytes
    }

    /// A fresh key.
    static func random() -> Self {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        randombytes_buf(&bytes, bytes.count)
        return Self(unchecked: bytes)
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// Reads 64 hexadecimal digits, with white space around them; `nil` for anything else, and for all zeros.
    public init?(text: some StringProtocol) {
        let isSpace = { (character: Character) in character.isWhitespace }
        let digits = text.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        guard let bytes = Hex.decode(String(digits)) else { return nil }
        self.init(bytes: bytes)
    }

    /// The key as 64 lower-case hexadecimal digits, for key files and logins only. Secret.
    public var secretText: String { Hex.encode(self.bytes) }
}

extension MeshKey: Hashable {
    /// Takes the same time wherever the keys differ.
    public static func == (left: Self, right: Self) -> Bool {
        sodium_memcmp(left.bytes, right.bytes, Self.byteCount) == 0
    }
}

extension MeshKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted mesh key>" }
    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
