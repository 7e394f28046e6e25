extension RelayServer {
    /// Forgets what verifiers have said about a client, so that they are asked again at its next login. Call this when
    /// their answer has changed.
    ///
    /// Questions that are still unanswered are asked again. A client that is held because it was refused is let go, and
    /// comes back at once. A connected client stays: see ``disconnect(_:reason:)``. A client that logs in during this
    /// call, admitted by an answer that is then forgotten, is asked about again after its login.
    ///
    /// - Parameter key: The client's key. All addresses from which it connects are included.
    public nonisolated func forgetDecisions(about key: NodePublicKey) async {
        await self.forget(key)
    }

    /// Forgets what verifiers have said about all clients. Otherwise the same as ``forgetDecisions(about:)``. Held
    /// clients are let go a few at a time.
    public nonisolated func forgetDecisions() async {
        await self.forget(nil)
    }

    private nonisolated func forget(_ key: NodePublicKey?) async {
        await self.context.gatekeeper?.forget(key)
        for relay in self.relays {
            // Clients that come back meanwhile and are refused again are not let go a second time.
            var left = await relay.loop.run { relay.held.lift(key, atMost: Self.liftStep) } - Self.liftStep
            while left > 0 {
                try? await Task.sleep(for: .milliseconds(10))
                _ = await relay.loop.run { relay.held.lift(key, atMost: Self.liftStep) }
                left -= Self.liftStep
            }
        }
    }

    /// The number of held clients that a loop lets go at a time.
    private static let liftStep = 64
}
