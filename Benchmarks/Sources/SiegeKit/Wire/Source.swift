/// An address that attackers connect from. Bystanders use 127.0.0.0/24, attackers never do.
struct Source: Hashable, Sendable {
    /// The address in the machine's byte order.
    let address: UInt32

    /// The address of a single attacker.
    static let one = Self(address: 0x7f00_0101)

    /// Returns the address of one of many attackers: 127.0.1.1 and the following.
    static func many(_ index: Int) -> Self {
        Self(address: 0x7f00_0101 + UInt32(truncatingIfNeeded: index % 60_000))
    }

    /// Returns the address of a proxy, in the network that ``ServerSettings/behindProxies`` trusts: 127.9.0.0/16.
    static func proxy(_ index: Int) -> Self {
        Self(address: 0x7f09_0001 + UInt32(truncatingIfNeeded: index % 60_000))
    }
}
