/// An address that attackers come from. Bystanders come from 127.0.0.0/24, attackers never do.
struct Source: Hashable, Sendable {
    /// In the machine's order.
    let address: UInt32

    /// One attacker with one address.
    static let one = Self(address: 0x7f00_0101)

    /// One of many attackers: 127.0.1.1 and further.
    static func many(_ index: Int) -> Self {
        Self(address: 0x7f00_0101 + UInt32(truncatingIfNeeded: index % 60_000))
    }

    /// A proxy, in the network that ``ServerSettings/behindProxies`` trusts: 127.9.0.0/16.
    static func proxy(_ index: Int) -> Self {
        Self(address: 0x7f09_0001 + UInt32(truncatingIfNeeded: index % 60_000))
    }
}
