import AsyncSockets
import Logging

extension RelaySession {
    /// Ends the session of a client that may not stay: tells it why, and holds its connection.
    ///
    /// A stock client resets its pauses between tries with each frame that it receives, and makes no pause while it has
    /// packets to send. So a client that has been told why must not see its connection end soon, and a client that is
    /// not held is told nothing.
    func turnAway(_ refusal: ClientRefusal, as reason: CloseReason) async {
        let pool = self.context.refusals
        let address = self.clientAddress.ip
        guard !self.relay.isDraining, !self.stream.areDescriptorsScarce, pool.take(address, now: self.stream.loop.now)
        else {
            self.relay.counters.refusalEnds[self.relay.isDraining ? .shutdown : .notHeld] += 1
            return await self.end(reason)
        }
        guard let socket = await self.mute(telling: refusal.notice) else {
            pool.giveBack(address)
            let isGone = self.stream.failure != nil
            self.relay.counters.refusalEnds[self.relay.isDraining ? .shutdown : isGone ? .peer : .notHeld] += 1
            return await self.end(reason)
        }
        self.context.logger.debug(
            "Holding a refused client",
            metadata: ["peer": "\(self.clientAddress)", "reason": "\(reason.label)"]
        )
        self.relay.held.hold(
            HeldClient(
                socket: socket,
                key: refusal.key,
                address: address,
                cause: refusal.cause,
                reason: reason,
                deadline: self.stream.loop.now + pool.drawTime(refusal.cause)
            ),
            in: pool
        )
        self.seat.leave()
        self.relay.ended(self.stream)
    }

    /// Tells the client, and leaves its socket alone from then on. Returns `nil` when the client doesn't read or is
    /// gone, or the server stops.
    private func mute(telling notice: String) async -> MutedSocket? {
        self.stream.setDeadline(self.context.configuration.handshakeTimeout)
        guard (try? await self.stream.write(Frame.health(notice))) != nil, !self.relay.isDraining else { return nil }
        if let layer = self.stream.layer as? WebSocketLayer {
            guard layer.ending == nil else { return nil }
            layer.close(.policyViolation, reason: CloseReason.refused.label)
            self.relay.counters.webSocketEnds[.policyViolation] += 1
        }
        return self.stream.mute()
    }
}
