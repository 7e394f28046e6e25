import AsyncSockets
import DERPKit

extension TestRelay {
    /// Closes a client's connections at once and without a word.
    ///
    /// - Parameter key: The client; `nil`: all.
    /// - Returns: The number of connections.
    @discardableResult
    public func cut(_ key: NodePublicKey? = nil) async -> Int {
        await self.proxy.cut(self.addresses(of: key))
    }

    /// Holds up a client's connections in both directions, and leaves them open. What is sent waits, until no more fits.
    ///
    /// The relay closes such a connection when more waits for it than fits and its `writeTimeout` has passed; the client
    /// does so after its own `writeTimeout` or its `readTimeout`.
    ///
    /// - Parameter key: The client; `nil`: all, and those that connect from now on.
    /// - Returns: The number of connections.
    @discardableResult
    public func stall(_ key: NodePublicKey? = nil) async -> Int {
        await self.proxy.set(.stalled, for: self.addresses(of: key))
    }

    /// Discards what the relay sends to a client. What the client sends arrives.
    ///
    /// Under TLS, and in the middle of a packet, a client can't go on after ``resume(_:)``: it misses bytes, and fails.
    ///
    /// - Parameter key: The client; `nil`: all, and those that connect from now on.
    /// - Returns: The number of connections.
    @discardableResult
    public func silence(_ key: NodePublicKey? = nil) async -> Int {
        await self.proxy.set(.silenced, for: self.addresses(of: key))
    }

    /// Ends ``stall(_:)`` and ``silence(_:)``. What was held up goes on.
    ///
    /// - Parameter key: The client; `nil`: all, and those that connect from now on.
    /// - Returns: The number of connections.
    @discardableResult
    public func resume(_ key: NodePublicKey? = nil) async -> Int {
        await self.proxy.set(.open, for: self.addresses(of: key))
    }

    /// Refuses a client from its next login on, with a Health message that says so. If it is connected, it stays so.
    ///
    /// - Parameter key: The client; `nil`: all.
    public func refuse(_ key: NodePublicKey? = nil) { self.doorman.refuse(key) }

    /// Admits a client again from its next login on.
    ///
    /// - Parameter key: The client; `nil`: all.
    public func admit(_ key: NodePublicKey? = nil) { self.doorman.admit(key) }

    /// Where the relay sees a client; `nil` for all.
    private func addresses(of key: NodePublicKey?) async -> [IPEndpoint]? {
        guard let key else { return nil }
        return await self.relay?.addresses(of: key) ?? []
    }
}
