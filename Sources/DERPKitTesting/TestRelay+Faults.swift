import IPAddresses
import DERPKit

extension TestRelay {
    /// Closes a client's connections at once, without any message to the client.
    ///
    /// - Parameter key: The client; `nil` for all.
    /// - Returns: The number of connections.
    @discardableResult
    public func cut(_ key: NodePublicKey? = nil) async -> Int {
        await self.proxy.cut(self.addresses(of: key))
    }

    /// Stalls a client's connections in both directions and leaves them open. Sent bytes wait until no more fit.
    ///
    /// The relay closes such a connection when more bytes wait for it than fit and its `writeTimeout` has passed. The
    /// client closes it after its own `writeTimeout` or `readTimeout`.
    ///
    /// - Parameter key: The client; `nil` for all, and for those that connect from now on.
    /// - Returns: The number of connections.
    @discardableResult
    public func stall(_ key: NodePublicKey? = nil) async -> Int {
        await self.proxy.set(.stalled, for: self.addresses(of: key))
    }

    /// Discards what the relay sends to a client. What the client sends arrives.
    ///
    /// A client finds out after its `readTimeout`, and one that connects meanwhile after its `connectTimeout`.
    /// ``resume(_:)`` closes the connections that lost bytes.
    ///
    /// - Parameter key: The client; `nil` for all, and for those that connect from now on.
    /// - Returns: The number of connections.
    @discardableResult
    public func silence(_ key: NodePublicKey? = nil) async -> Int {
        await self.proxy.set(.silenced, for: self.addresses(of: key))
    }

    /// Ends ``stall(_:)`` and ``silence(_:)``. Stalled bytes are passed on. A connection of which ``silence(_:)``
    /// discarded bytes is closed, as by ``cut(_:)``, because the client couldn't make sense of what follows.
    ///
    /// - Parameter key: The client; `nil` for all, and for those that connect from now on.
    /// - Returns: The number of connections.
    @discardableResult
    public func resume(_ key: NodePublicKey? = nil) async -> Int {
        await self.proxy.set(.open, for: self.addresses(of: key))
    }

    /// Refuses a client from its next login on, with a Health message that says so. A connected client stays connected.
    ///
    /// - Parameter key: The client; `nil` for all.
    public func refuse(_ key: NodePublicKey? = nil) { self.doorman.refuse(key) }

    /// Admits a client again from its next login on.
    ///
    /// - Parameter key: The client; `nil` for all.
    public func admit(_ key: NodePublicKey? = nil) { self.doorman.admit(key) }

    /// Returns a client's addresses as the relay sees them; `nil` for all clients.
    private func addresses(of key: NodePublicKey?) async -> [IPEndpoint]? {
        guard let key else { return nil }
        return await self.relay?.addresses(of: key) ?? []
    }
}
