import HTTPTypes
import AsyncSockets
import Logging

/// One accepted connection from TLS to its end: first HTTP, then DERP if the client asks for it. Runs on the loop that
/// accepted it. Until the client has logged in, it runs within a budget (``RelayLoop/strangers``).
struct RelaySession: Sendable {
    let stream: TCPStream
    let relay: RelayLoop
    let context: RelayContext
    let port: RelayPort
    /// What the connection takes up, and which client it belongs to.
    let seat: ConnectionSeat

    /// Takes a place for a connection that has just been accepted.
    ///
    /// - Throws: The limit that keeps the connection out.
    init(stream: TCPStream, relay: RelayLoop, context: RelayContext, port: RelayPort) throws(ConnectionRefusal) {
        self.stream = stream
        self.relay = relay
        self.context = context
        self.port = port
        guard !context.memory.isShort(now: stream.loop.now) else { throw .memory }
        self.seat = try ConnectionSeat(
            stream.peerAddress,
            in: context.gate,
            isPaced: port.router.port == .relay,
            isShortOfFiles: stream.areDescriptorsExhausted && !relay.sendHeldAway(context.refusals),
            now: stream.loop.now,
            onEviction: { seat, cause in relay.leave(.evict(seat, stream, cause)) }
        )
    }

    /// The client's address: the one that proxies tell, where they do.
    var clientAddress: IPEndpoint { self.seat.origin.address }

    /// Serves the connection, and closes it unless it becomes a client's.
    func run() async {
        do {
            let early = try await self.readProxyHeader()
            guard let upgrade = try await self.serveHTTP(early: early) else { return await self.end(.answered) }
            let client = try await self.admit(upgrade)
            // The client gets its own task. This task keeps all memory that the login has taken, which is more than a
            // client needs, and it waits for the budget, which a client doesn't.
            Task(executorPreference: self.stream.loop) { await self.serve(client) }
        } catch {
            guard let refusal = error.refusal else { return await self.end(error.reason) }
            await self.turnAway(refusal, as: error.reason)
        }
    }

    /// Closes the connection, and counts its end.
    ///
    /// - Parameter client: The client that the connection belonged to. `nil`: nobody had logged in.
    func end(_ reason: CloseReason, of client: ClientConnection? = nil) async {
        let reason = await self.closeWebSocket(for: self.seat.hasGivenWay ? .gaveWay : reason)
        self.relay.counters.closes[reason] += 1
        if let client {
            self.noteLeaving(of: client, reason)
        } else {
            self.context.logger.debug(
                "Connection ended",
                metadata: ["peer": "\(self.clientAddress)", "reason": "\(reason.label)"]
            )
        }
        switch reason {
        case .peer, .writeTimeout, .tooSlow, .gaveWay: self.stream.close()
        default: await self.stream.finish()
        }
        self.seat.leave()
        self.relay.ended(self.stream)
    }

    /// Why a session ended early.
    struct Ending: Error {
        let reason: CloseReason
        /// Set when the client is to be told why, and held.
        let refusal: ClientRefusal?

        init(_ reason: CloseReason, _ refusal: ClientRefusal? = nil) {
            self.reason = reason
            self.refusal = refusal
        }

        init(_ error: SocketError) { self.init(CloseReason(error)) }
    }
}

// MARK: HTTP

extension RelaySession {
    /// What the client upgraded to, and the bytes that it sent after its request.
    struct Upgrade {
        var request: DERPUpgrade
        var early: [UInt8]
    }

    /// Answers requests until the client upgrades. Returns `nil` when the client doesn't upgrade.
    ///
    /// - Parameter early: The bytes that have already been received.
    private func serveHTTP(early: [UInt8]) async throws(Ending) -> Upgrade? {
        var buffer = early
        if let tls = self.port.tls {
            try await self.startTLS(tls.context { self.stream.localAddress?.ip }, early: early)
            buffer = []
        }
        while true {
            guard let head = try await self.readHead(&buffer) else { return nil }
            let keepsAlive = head.wantsKeepAlive && self.hasTimeForAnotherRequest
            guard let origin = self.port.router.origin(of: head, on: self.seat.origin) else {
                try await self.refuse(.unclearClient)
            }
            switch self.port.router.outcome(for: head, from: origin, isTLS: self.port.tls != nil) {
            case .upgrade(let upgrade):
                try await self.identify(as: origin)
                return Upgrade(request: upgrade, early: buffer)
            case .respond(let reply):
                try await self.send(reply, to: head, keepsAlive: keepsAlive)
            case .challenge(let token, let otherwise):
                let file = self.port.certificates?.challenges.file(for: token)
                try await self.send(
                    file.map { HTTPReply(challenge: $0) } ?? otherwise,
                    to: head,
                    keepsAlive: keepsAlive
                )
            case .metrics(let page):
                try await self.send(
                    page.reply(body: await self.renderMetrics()),
                    to: head,
                    keepsAlive: keepsAlive
                )
            case .derpMap(let page):
                let document = await self.context.regionMap.document
                try await self.send(
                    page.reply(body: document.json, entityTag: document.etag),
                    to: head,
                    keepsAlive: keepsAlive
                )
            case .bootstrapDNS(let page, let query):
                try await self.send(
                    page.reply(body: self.context.bootstrapDNS.answer(query: query)),
                    to: head,
                    keepsAlive: keepsAlive
                )
            case .verify(let bodyByteCount):
                try await self.answerVerify(head, bodyByteCount: bodyByteCount, buffer: &buffer)
            }
            guard keepsAlive else { return nil }
            // Of requests that came together, one is answered per turn: many small ones fit into one read, and each
            // costs an answer.
            if !buffer.isEmpty { await self.stream.loop.nextTick() }
            self.setDeadline(self.context.configuration.requestTimeout, isIdle: true)
        }
    }

    /// Renders the metrics on the loop, outside of the budget. An actor runs where its caller does, so clients that
    /// need the forwarder would otherwise wait for the budget of strangers.
    private func renderMetrics() async -> [UInt8] {
        await withTaskExecutorPreference(self.stream.loop) { await self.port.metrics.render() }
    }

    private func startTLS(_ tls: TLSContext, early: [UInt8]) async throws(Ending) {
        do {
            try await self.stream.startTLS(tls, early: early)
        } catch {
            if error.code == .notTLS {
                try? await self.stream.write(HTTPReply.plainHTTPOnTLSPort.serialized(keepAlive: false))
            }
            throw Ending(error)
        }
    }

    /// Reads the next request, and removes it from `buffer`. Returns `nil` when the client closes instead.
    private func readHead(_ buffer: inout [UInt8]) async throws(Ending) -> HTTPRequestHead? {
        var parser = HTTPRequestParser()
        while true {
            switch buffer.withUnsafeBytes({ parser.parse($0) }) {
            case .head(let head, let byteCount):
                buffer.removeFirst(byteCount)
                return head
            case .invalid(let error):
                try await self.refuse(error)
            case .incomplete:
                // Reads no more than one head at a time, because everything after a head is moved when the head is
                // removed.
                let limit = HTTPRequestParser.maxHeadByteCount
                guard try await self.receive(into: &buffer, atMost: limit) else { return nil }
            }
        }
    }

    /// Answers a request that isn't served, and ends the connection.
    private func refuse(_ error: HTTPParseError) async throws(Ending) -> Never {
        try? await self.stream.write(HTTPReply(error).serialized(keepAlive: false))
        throw Ending(.badRequest)
    }

    /// Appends the next bytes to `buffer`. Returns `false` at the end of the stream.
    ///
    /// - Parameters:
    ///   - kept: The number of earlier bytes that are held elsewhere.
    ///   - limit: The maximum number of bytes to read.
    func receive(into buffer: inout [UInt8], kept: Int = 0, atMost limit: Int = .max) async throws(Ending) -> Bool {
        while true {
            switch self.stream.receive(atMost: limit) {
            case .bytes(let bytes):
                buffer.append(contentsOf: bytes)
                try self.hold(buffer.count + kept)
                return true
            case .wouldBlock:
                await self.stream.waitUntilReadable()
            case .closed:
                return false
            case .failed:
                throw Ending(self.stream.failure.map(CloseReason.init) ?? .peer)
            }
        }
    }

    /// Reads a question about a client, and answers it.
    private func answerVerify(
        _ head: HTTPRequestHead,
        bodyByteCount: Int,
        buffer: inout [UInt8]
    ) async throws(Ending) {
        guard let lists = self.context.configuration.admission.lists else { throw Ending(.badRequest) }
        while buffer.count < bodyByteCount {
            guard try await self.receive(into: &buffer) else { throw Ending(.peer) }
        }
        let question = buffer.prefix(bodyByteCount)
        try await self.send(HTTPRouter.verification(of: question, by: lists), to: head, keepsAlive: false)
    }

    private func send(_ reply: HTTPReply, to head: HTTPRequestHead, keepsAlive: Bool) async throws(Ending) {
        self.setDeadline(self.context.configuration.requestTimeout)
        do {
            try await self.stream.write(reply.serialized(keepAlive: keepsAlive, isHead: head.method == .head))
        } catch {
            throw Ending(error)
        }
    }
}

// MARK: DERP

extension RelaySession {
    /// A client that has logged in.
    private struct Client {
        let connection: ClientConnection
        /// Cancelled when the client leaves.
        let reverification: Task<Void, Never>?
    }

    /// Serves a client until it leaves, and closes the connection.
    private func serve(_ client: Client) async {
        let reason = await client.connection.run()
        client.reverification?.cancel()
        guard reason == .refused || reason == .disconnected, let refusal = await client.connection.refusal else {
            return await self.end(reason, of: client.connection)
        }
        self.noteLeaving(of: client.connection, reason)
        await self.turnAway(refusal, as: reason)
    }

    private func noteLogin(of client: ClientConnection) {
        self.context.logger.debug(
            "A client has logged in",
            metadata: ["key": "\(client.key)", "address": "\(self.clientAddress)"]
        )
        self.context.events.post(
            .connected(client.key, at: self.clientAddress, isMeshPeer: client.isMeshPeer)
        )
    }

    private func noteLeaving(of client: ClientConnection, _ reason: CloseReason) {
        let duration = Duration.nanoseconds(self.stream.loop.now - client.start)
        self.context.logger.debug(
            "A client has left",
            metadata: [
                "key": "\(client.key)", "address": "\(self.clientAddress)", "reason": "\(reason.label)",
                "duration": "\(duration.text)",
            ]
        )
        self.context.events.post(
            .disconnected(
                client.key,
                at: self.clientAddress,
                isMeshPeer: client.isMeshPeer,
                after: duration,
                for: DisconnectReason(reason)
            )
        )
    }

    /// Logs the client in.
    private func admit(_ upgrade: Upgrade) async throws(Ending) -> Client {
        let trace = LoginTrace(at: self.clientAddress)
        defer { trace.end() }
        let upgrade = try await self.openWebSocket(upgrade)
        if upgrade.request.idealNode != nil { self.relay.counters.notIdeal += 1 }
        let (login, early) = try await self.logIn(upgrade)
        trace.note(login.key)
        let forgettingCount = self.context.gatekeeper?.forgettingCount ?? 0
        let decision = try await self.admit(login, trace)
        guard !self.relay.isDraining else { throw Ending(.shutdown) }
        try self.takeSeat(of: login)
        let connection = ClientConnection(
            stream: self.stream,
            address: self.clientAddress,
            login: login,
            isNotIdeal: upgrade.request.idealNode != nil,
            rate: decision.rate,
            relay: self.relay,
            context: self.context
        )
        let info =
            login.isMeshPeer
            ? RateTable.unlimitedServerInfo : self.relay.rates.serverInfo(for: login.key, granted: decision.rate)
        let greeting = Frame.encode(.serverInfo, login.box.seal(info))
        let reason = await withTaskExecutorPreference(self.stream.loop) {
            await connection.open(greeting: greeting, early: early)
        }
        if let reason { throw Ending(reason) }
        self.noteLogin(of: connection)
        trace.succeed()
        return Client(
            connection: connection,
            reverification: self.reverify(login, of: connection, since: forgettingCount)
        )
    }

    /// Performs the handshake up to the client's part. Returns the login, and the bytes that came after it.
    private func logIn(_ upgrade: Upgrade) async throws(Ending) -> (DERPLogin, early: [UInt8]) {
        let timeout = self.context.configuration.handshakeTimeout
        self.setDeadline(timeout)
        do {
            try await self.stream.write(upgrade.request.response + self.context.serverKeyFrame)
        } catch {
            throw Ending(error)
        }
        self.setDeadline(timeout)
        var reader = DERPLoginReader()
        var buffer = upgrade.early
        while true {
            switch reader.read(buffer) {
            case .complete(let payload, let rest):
                let configuration = self.context.configuration
                guard
                    let login = DERPLogin(
                        payload: payload,
                        privateKey: configuration.privateKey,
                        meshKey: configuration.mesh?.key
                    )
                else { throw Ending(.badHandshake) }
                return (login, Array(rest))
            case .refused:
                throw Ending(.badHandshake)
            case .incomplete:
                buffer.removeAll(keepingCapacity: true)
                guard try await self.receive(into: &buffer, kept: reader.byteCount) else { throw Ending(.peer) }
            }
        }
    }
}
