/// A range of addresses in CIDR form (RFC 4632), such as `192.0.2.0/24` or `fd00::/8`.
public struct IPNetwork: Hashable, Sendable {
    /// The first address: the prefix with all other bits clear.
    public let address: IPAddress
    /// How many leading bits are fixed: 0…32 for IPv4, 0…128 for IPv6.
    public let prefixLength: Int

    /// Reads `address/bits`, or a bare address, which is a network of one. Bits behind the prefix are dropped:
    /// `10.0.0.1/8` is `10.0.0.0/8`. Returns `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.parts(at: "/", atMost: 2)
        guard let first = parts.first, let address = IPAddress(first)?.unmapped else { return nil }
        let width = address.family == .ipv4 ? 32 : 128
        var bits = width
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(parts[1]), value <= width else {
                return nil
            }
            bits = value
        }
        self.prefixLength = bits
        self.address = Self.mask(address, to: bits)
    }

    /// Returns whether `address`, unmapped, is in this network.
    public func contains(_ address: IPAddress) -> Bool {
        let address = address.unmapped
        return address.family == self.address.family && Self.mask(address, to: self.prefixLength) == self.address
    }

    private static func mask(_ address: IPAddress, to bits: Int) -> IPAddress {
        switch address.family {
        case .ipv4:
            IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low) & (bits == 0 ? 0 : ~0 << UInt32(32 - bits)))
        case .ipv6:
            IPAddress(
                family: .ipv6,
                high: address.high & (bits == 0 ? 0 : ~0 << UInt64(max(0, 64 - bits))),
                low: address.low & (bits <= 64 ? 0 : ~0 << UInt64(128 - bits))
            )
        }
    }
}

extension IPNetwork: CustomStringConvertible {
    public var description: String { "\(self.address)/\(self.prefixLength)" }
}
