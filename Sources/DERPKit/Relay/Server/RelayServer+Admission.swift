extension RelayServer {
    /// Forgets what verifiers have said about a client, so that they are asked at its next login; to be called when they would say
    /// something else.
    ///
    /// Questions that are unanswered now are asked again. A client that was refused, and is held for it, is let go, and comes again at
    /// once. One that is connected stays: see ``disconnect(_:reason:)``. But one that logs in while this is called, by an answer that is
    /// forgotten, is asked about again when it has logged in.
    ///
    /// - Parameter key: the client, from whichever address.
    public nonisolated func forgetDecisions(about key: NodePublicKey) async {
        await self.forget(key)
    }

    /// Forgets what verifiers have said about all clients. As ``forgetDecisions(about:)``; those that are held are let go a few at a time.
    public nonisolated func forgetDecisions() async {
        await self.forget(nil)
    }

    private nonisolated func forget(_ key: NodePublicKey?) async {
        await self.context.gatekeeper?.forget(key)
        for relay in self.relays {
            // Those who come back meanwhile, and are refused again, are not let go again.
            var left = await relay.loop.run { relay.held.lift(key, atMost: Self.liftStep) } - Self.liftStep
            while left > 0 {
                try? await Task.sleep(for: .milliseconds(10))
                _ = await relay.loop.run { relay.held.lift(key, atMost: Self.liftStep) }
                left -= Self.liftStep
            }
        }
    }

    /// How many held clients of a loop are let go at a time.
    private static let liftStep = 64
}
