import AsyncSockets
import Logging

extension RelaySession {
    /// Ends the session of a client that may not stay: tells it why, and holds its connection.
    ///
    /// A stock client's pauses between tries begin anew with each frame that it receives, and one that has packets to send
    /// makes no pause. So who has been told must not see the connection end soon; and who is not held is told nothing.
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

    /// Tells the client, and leaves its socket to itself; `nil` when it doesn't read, is gone, or the server stops.
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
