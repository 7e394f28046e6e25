import AsyncSockets

/// Whence a connection or a request comes.
package struct ClientOrigin: Hashable, Sendable {
    /// What is known of who stands between the client and us.
    package enum Proxies: Hashable, Sendable {
        /// Nobody, as far as can be seen.
        case none
        /// Only such as are trusted, and they told of the client.
        case trusted
        /// Somebody who isn't trusted, or who didn't tell.
        case unknown
    }

    /// The client's address; that of the last proxy when nobody told of it. The port is 0 where only the address was told.
    package var address: IPEndpoint
    package var proxies: Proxies

    package init(address: IPEndpoint, through proxies: Proxies = .none) {
        self.address = address
        self.proxies = proxies
    }
}
