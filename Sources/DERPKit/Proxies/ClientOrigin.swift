import IPAddresses

/// Where a connection or a request comes from.
package struct ClientOrigin: Hashable, Sendable {
    /// What is known about the proxies between the client and the relay.
    package enum Proxies: Hashable, Sendable {
        /// None, as far as can be seen.
        case none
        /// Only trusted proxies, which told the client's address.
        case trusted
        /// At least one proxy that isn't trusted, or that didn't tell the client's address.
        case unknown
    }

    /// The client's address, or that of the last proxy if none told the client's. The port is 0 if only the address was
    /// told.
    package var address: IPEndpoint
    package var proxies: Proxies

    package init(address: IPEndpoint, through proxies: Proxies = .none) {
        self.address = address
        self.proxies = proxies
    }
}
