import Glibc

/// An IPv4 or IPv6 address, as a value.
public struct IPAddress: Hashable, Sendable {
    /// Which of the two protocols the address belongs to.
    public enum Family: Hashable, Sendable {
        /// IPv4: 32 bits.
        case ipv4
        /// IPv6: 128 bits.
        case ipv6
    }

    /// The address's protocol. An IPv4-mapped IPv6 address is `.ipv6`; see ``unmapped``.
    public let family: Family
    /// The first and the last eight bytes in network order. An IPv4 address is in the low 32 bits of `low`.
    package let high: UInt64
    package let low: UInt64

    package init(family: Family, high: UInt64, low: UInt64) {
        self.family = family
        self.high = high
        self.low = low
    }

    /// Makes the IPv4 address with the 32 bits of `value`, most significant byte first.
    public init(ipv4 value: UInt32) {
        self.init(family: .ipv4, high: 0, low: UInt64(value))
    }

    /// Reads 4 bytes (IPv4) or 16 bytes (IPv6) in network order. Returns `nil` for any other size.
    public init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4:
            self.init(ipv4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self.init(
                family: .ipv6,
                high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
            )
        default:
            return nil
        }
    }

    /// Reads a literal such as `192.0.2.1` or `2001:db8::1` (RFC 4291 §2.2), without brackets, zone or port.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(ipv4: UInt32(bigEndian: v4.s_addr))
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &v6) { Array($0) }
        self.init(bytes: bytes)
    }

    /// 127.0.0.1
    public static let loopbackIPv4 = Self(ipv4: 0x7f00_0001)
    /// ::1
    public static let loopbackIPv6 = Self(family: .ipv6, high: 0, low: 1)
    /// 0.0.0.0
    public static let anyIPv4 = Self(ipv4: 0)
    /// ::
    public static let anyIPv6 = Self(family: .ipv6, high: 0, low: 0)

    /// 4 or 16 bytes in network order.
    public var bytes: [UInt8] {
        switch self.family {
        case .ipv4: (0..<4).map { UInt8(truncatingIfNeeded: self.low >> (24 - 8 * $0)) }
        case .ipv6: self.mappedBytes
        }
    }

    /// 16 bytes in network order; an IPv4 address as `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2).
    public var mappedBytes: [UInt8] {
        let low = self.family == .ipv4 ? 0xffff_0000_0000 | self.low : self.low
        return (0..<8).map { UInt8(truncatingIfNeeded: self.high >> (56 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
    }

    /// The IPv4 address in an IPv4-mapped IPv6 address; any other address unchanged.
    public var unmapped: Self {
        guard self.family == .ipv6, self.high == 0, self.low >> 32 == 0xffff else { return self }
        return Self(ipv4: UInt32(truncatingIfNeeded: self.low))
    }

    /// True for 127.0.0.0/8 and ::1, mapped or not.
    public var isLoopback: Bool {
        let address = self.unmapped
        return address.family == .ipv4 ? address.low >> 24 == 127 : address == .loopbackIPv6
    }

    /// True for 0.0.0.0 and ::.
    public var isUnspecified: Bool { self.high == 0 && self.low == 0 }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text (RFC 5952 for IPv6), without brackets.
    public var description: String {
        let bytes = self.bytes
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(self.family == .ipv4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
