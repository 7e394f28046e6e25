import Glibc

/// A ClientHello of TLS 1.3 (RFC 8446 §4.1.2), built from bytes alone, so that it costs its sender no cryptography.
struct ClientHello: Hashable, Sendable {
    /// A group (RFC 8446 §4.2.7), and the size of its key share in bytes.
    struct Group: Hashable, Sendable {
        let number: UInt16
        let shareByteCount: Int

        static let x25519 = Self(number: 0x001d, shareByteCount: 32)
        static let p256 = Self(number: 0x0017, shareByteCount: 65)
        static let ffdhe2048 = Self(number: 0x0100, shareByteCount: 256)
        static let ffdhe8192 = Self(number: 0x0104, shareByteCount: 1024)
    }

    /// The groups that the client supports.
    var groups: [Group]
    /// The group of the key share; `nil` for none, so that the server asks for one (HelloRetryRequest).
    var share: Group?
    /// Whether the client offers TLS 1.3, or only TLS 1.2.
    var isTLS13 = true

    /// Returns the record, with random bytes where clients use random ones.
    func record() -> [UInt8] {
        var body: [UInt8] = [0x03, 0x03]
        body += Self.random(32)
        body += Self.sized(1, Self.random(32))
        // AES-128-GCM and ChaCha20 of 1.3, and ECDHE with AES-128-GCM of 1.2, for both kinds of certificate.
        body += Self.sized(2, [0x13, 0x01, 0x13, 0x03, 0xc0, 0x2b, 0xc0, 0x2f])
        body += [1, 0]
        body += Self.sized(2, self.extensions())
        let message: [UInt8] = [0x01] + Self.sized(3, body)
        return [0x16, 0x03, 0x01] + Self.sized(2, message)
    }

    private func extensions() -> [UInt8] {
        var all = Self.ext(0x000a, Self.sized(2, self.groups.flatMap { Self.number($0.number) }))
        // ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256, rsa_pkcs1_sha256, ed25519.
        all += Self.ext(0x000d, Self.sized(2, [0x04, 0x03, 0x08, 0x04, 0x04, 0x01, 0x08, 0x07]))
        all += Self.ext(0x000b, [1, 0])
        guard self.isTLS13 else { return all }
        all += Self.ext(0x002b, Self.sized(1, [0x03, 0x04]))
        let entries = self.share.map { Self.number($0.number) + Self.sized(2, Self.keyShare($0)) } ?? []
        return all + Self.ext(0x0033, Self.sized(2, entries))
    }

    private static func keyShare(_ group: Group) -> [UInt8] {
        // A point of P-256 must be on the curve, as its base point is.
        if group == .p256 { return Self.basePoint }
        var bytes = Self.random(group.shareByteCount)
        // Less than any prime of that size.
        if group != .x25519 { bytes[0] = 0x7f }
        return bytes
    }

    private static let basePoint: [UInt8] = [
        0x04,
        0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
        0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
        0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
        0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
    ]

    private static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        while bytes.count < count { withUnsafeBytes(of: generator.next() as UInt64) { bytes += $0 } }
        return Array(bytes.prefix(count))
    }

    private static func number(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }

    /// Returns `bytes` after their count, which takes `size` bytes.
    private static func sized(_ size: Int, _ bytes: [UInt8]) -> [UInt8] {
        (0..<size).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
    }

    private static func ext(_ type: UInt16, _ content: [UInt8]) -> [UInt8] {
        Self.number(type) + Self.sized(2, content)
    }
}
