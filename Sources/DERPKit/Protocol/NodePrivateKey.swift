import IPAddresses
import CDERPSodium

/// The 32-byte Curve25519 private key of a server or client. Never printed: its description is redacted.
public struct NodePrivateKey: Sendable {
    /// The size of a key, in bytes.
    package static let byteCount = 32

    /// The key's raw bytes. Secret.
    package let bytes: [UInt8]

    /// The public half.
    public let publicKey: NodePublicKey

    /// Makes a random key.
    public init() {
        var bytes = Sodium.randomBytes(count: Self.byteCount)
        // Clamped as RFC 7748 §5 says, so that other tools write the same key in the same way.
        bytes[0] &= 248
        bytes[31] = (bytes[31] & 127) | 64
        self.init(trusted: bytes)
    }

    /// Reads 32 raw bytes. Returns `nil` for any other size and for all zeros.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, bytes.contains(where: { $0 != 0 }) else { return nil }
        self.init(trusted: bytes)
    }

    /// Reads the text form `privkey:<64 hex>`. Returns `nil` for anything else.
    public init?(text: some StringProtocol) {
        guard let digits = text.rest(after: "privkey:"), let bytes = Hex.decode(String(digits)) else { return nil }
        self.init(bytes: bytes)
    }

    /// The text form `privkey:<64 hex>`, for key files only. Secret.
    public var secretText: String { "privkey:" + Hex.encode(self.bytes) }

    private init(trusted bytes: [UInt8]) {
        Sodium.initialize()
        var publicBytes = [UInt8](repeating: 0, count: NodePublicKey.byteCount)
        _ = crypto_scalarmult_base(&publicBytes, bytes)
        self.bytes = bytes
        self.publicKey = publicBytes.withUnsafeBytes { NodePublicKey(unchecked: $0.baseAddress!) }
    }
}

extension NodePrivateKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "privkey:<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
