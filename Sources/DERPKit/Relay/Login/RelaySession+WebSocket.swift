import AsyncSockets

extension RelaySession {
    /// Answers a client that speaks DERP in WebSocket messages. Returns what is left to do for the upgrade, which is
    /// all of it when the upgrade is not to a WebSocket.
    func openWebSocket(_ upgrade: Upgrade) async throws(Ending) -> Upgrade {
        guard case .webSocket(let speaksDERP) = upgrade.request.transport else { return upgrade }
        self.setDeadline(self.context.configuration.handshakeTimeout)
        do {
            try await self.stream.write(upgrade.request.response)
        } catch {
            throw Ending(error)
        }
        self.relay.counters.webSockets += 1
        let layer = WebSocketLayer(
            inner: self.stream.layer,
            buffers: self.stream.loop.buffers,
            earlyCount: upgrade.early.count
        )
        self.stream.insert(layer, early: upgrade.early)
        guard speaksDERP else { throw Ending(.badRequest) }
        var rest = upgrade
        rest.request.response = []
        rest.early = []
        return rest
    }

    /// Closes the WebSocket (RFC 6455 §7.1), if this is one and the client hasn't closed it. Returns why the connection
    /// ends.
    func closeWebSocket(for reason: CloseReason) async -> CloseReason {
        guard let layer = self.stream.layer as? WebSocketLayer else { return reason }
        switch layer.ending {
        case .close:
            self.relay.counters.webSocketEnds[.peer] += 1
            // Lets the client read the answer to its Close frame.
            await self.stream.finish()
            return reason
        case .violation(let violation):
            self.relay.counters.webSocketEnds[WebSocketEnd(violation.closeCode)] += 1
            return .badMessage
        case nil:
            break
        }
        guard let code = self.closeCode(for: reason) else {
            self.relay.counters.webSocketEnds[.lost] += 1
            return reason
        }
        self.relay.counters.webSocketEnds[WebSocketEnd(code)] += 1
        layer.close(code, reason: reason == .badRequest ? "the subprotocol must be derp" : reason.label)
        self.stream.speak()
        if !self.stream.isWriteBlocked { await self.waitForClose(layer) }
        return reason
    }

    /// Returns the code that the client is told. `nil` when the client is gone.
    private func closeCode(for reason: CloseReason) -> WebSocketCloseCode? {
        switch reason {
        case .shutdown: .goingAway
        case .peer: self.relay.isDraining ? .goingAway : nil
        case .tls, .gaveWay: nil
        case .badRequest, .limit, .refused, .closedByMesh, .disconnected, .timeout, .writeTimeout, .tooSlow:
            .policyViolation
        default: .normal
        }
    }

    /// Waits for the client's own Close frame, so that the client doesn't take this for a broken connection.
    private func waitForClose(_ layer: WebSocketLayer) async {
        self.stream.setDeadline(Self.closeTimeout)
        let limit = self.stream.receivedByteCount + Self.discardLimit
        while layer.ending == nil, self.stream.receivedByteCount < limit {
            switch self.stream.receive() {
            case .bytes: continue
            case .wouldBlock: await self.stream.waitUntilReadable()
            case .closed, .failed: return
            }
        }
    }

    /// How long to wait for a client's Close frame, and how many bytes may come before it.
    private static let closeTimeout: Duration = .seconds(1)
    private static let discardLimit: UInt64 = 1 << 20
}
