extension IPAddress {
    /// Whether the address has no meaning outside its network: private (RFC 1918, RFC 4193), shared (RFC 6598),
    /// link-local (RFC 3927, RFC 4291 §2.5.6), "this network" (RFC 1122 §3.2.1.3), loopback or unspecified; mapped or
    /// not.
    public var isPrivate: Bool {
        let address = self.unmapped
        return address.isLoopback || address.isUnspecified || Self.privateNetworks.contains { $0.contains(address) }
    }

    private static let privateNetworks = [
        "0.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7",
        "fe80::/10",
    ].compactMap { IPNetwork($0) }
}
