import STUNKit
import AsyncSockets
import Logging

// Taking over from another process, and handing over to one.
extension RelayServer {
    /// The maximum number of processes that talk about taking over at the same time.
    private static let successionLimit = 8

    /// Finds the relay that serves at these addresses now. `nil` when there is none.
    func findPredecessor() async throws(DERPError) -> Predecessor? {
        guard let takeover = self.configuration.takeover, let loop = self.takeoverLoop else { return nil }
        do {
            try MessageListener.check(takeover.path)
        } catch {
            throw DERPError(.takeover, error.message)
        }
        return try await Predecessor.find(takeover, on: loop)
    }

    /// Starts to serve alone, and waits for a successor.
    func succeed(_ predecessor: Predecessor?) async throws(DERPError) {
        guard let predecessor else { return try await self.awaitSuccessor() }
        await predecessor.release(within: self.configuration.takeover?.timeout ?? .zero)
        self.logger.info(
            "Took over from the previous process",
            metadata: ["sockets": "\(self.takeovers.counts.inherited)"]
        )
        do {
            try await self.awaitSuccessor()
        } catch {
            // It is too late to fail: no other relay serves.
            self.logger.error(
                "Nobody can take over from this server yet: it tries again every second",
                metadata: ["reason": "\(error)"]
            )
        }
    }

    /// Waits for a successor as soon as that is possible, if it wasn't at the start.
    func retryAwaitingSuccessor() async {
        guard self.configuration.takeover != nil else { return }
        while self.takeoverListener == nil, (try? await Task.sleep(for: .seconds(1))) != nil {
            guard self.isServing, (try? await self.awaitSuccessor()) != nil else { continue }
            // It may have stopped meanwhile.
            guard self.isServing else {
                await self.takeoverListener?.close()
                return
            }
            self.logger.info("Another process can take over from this server now")
        }
    }

    /// Waits for a successor from now on.
    private func awaitSuccessor() async throws(DERPError) {
        guard let takeover = self.configuration.takeover, let loop = self.takeoverLoop else { return }
        let (tally, lines) = (self.takeovers, self.context.lines)
        let started = await Result.awaiting { () throws(SocketError) in
            let listener = try MessageListener(
                at: takeover.path,
                on: loop,
                onRefusal: {
                    tally.count(\.refused)
                    lines.strangers.log(
                        .warning,
                        "Refused a takeover by another user's process",
                        metadata: [:]
                    )
                },
                onAccept: { [weak self] channel in
                    Task(executorPreference: loop) {
                        if await self?.hear(channel, takeover) == nil { channel.close() }
                    }
                }
            )
            try await listener.start()
            return listener
        }
        self.takeoverListener = try started.mapError { DERPError(.takeover, $0.message) }.get()
    }

    /// Talks to a process that may want to take over.
    private nonisolated func hear(_ channel: MessageChannel, _ takeover: TakeoverConfiguration) async {
        guard await self.admitSuccessor() else {
            self.takeovers.count(\.refused)
            channel.close()
            return
        }
        let succession = Succession(
            relay: self,
            takeover: takeover,
            channel: channel,
            tally: self.takeovers,
            failures: self.context.lines.takeovers
        )
        await succession.run()
        await self.leaveSuccessor()
    }

    private func admitSuccessor() -> Bool {
        guard self.successionCount < Self.successionLimit else { return false }
        self.successionCount += 1
        return true
    }

    private func leaveSuccessor() {
        self.successionCount -= 1
    }

    /// Returns copies of all sockets for a successor. `nil` when another successor has them, or this relay doesn't
    /// serve.
    func lendSockets() async -> InheritedSockets? {
        guard self.isServing, !self.hasLentSockets else { return nil }
        self.hasLentSockets = true
        let sockets = InheritedSockets()
        let stun = await self.stun.duplicates()
        let places =
            self.configuration.addresses.map { InheritedSockets.Place(role: .relay, address: $0) }
            + self.configuration.plainHTTPAddresses.map { .init(role: .plainHTTP, address: $0) }
        let copies = self.listeners.map { $0.duplicates() }
        // The relay may have begun to stop during the wait.
        guard self.isServing, let stun, places.count == copies.count, copies.allSatisfy({ $0 != nil }) else {
            self.hasLentSockets = false
            return nil
        }
        for (place, copies) in zip(places, copies) { sockets.add(copies ?? [], at: place) }
        for (address, copies) in zip(self.configuration.stunAddresses, stun) {
            sockets.add(copies, at: .init(role: .stun, address: address))
        }
        return sockets
    }

    /// Takes the sockets back, because the successor failed.
    func takeBackSockets() {
        self.hasLentSockets = false
    }

    /// Makes this relay and another process mesh peers of each other.
    func link(by links: TakeoverLinks, to peer: TakeoverLinks.Peer) {
        guard let relay = self.relays.last, let login = DERPLogin(trustedBy: self.configuration.privateKey) else {
            return
        }
        let context = self.context
        let mesh = self.configuration.mesh ?? MeshConfiguration(key: .random())
        let link = MeshLink(to: peer.rawValue, of: mesh, on: relay, context: context) { _ throws(DERPError) in
            throw DERPError(.connection, "it is connected once")
        }
        // A link that a failed successor left behind ends by itself.
        self.takeoverLinks[peer] = Task(executorPreference: relay.loop) {
            guard let stream = TCPStream.adopt(links.outgoing, on: relay.loop) else { return }
            await link.run(over: stream, grace: peer.grace)
        }
        Task(executorPreference: relay.loop) {
            guard !relay.isDraining, let stream = TCPStream.adopt(links.incoming, on: relay.loop) else { return }
            relay.opened(stream)
            let connection = ClientConnection(stream: stream, login: login, relay: relay, context: context)
            relay.counters.closes[await connection.run(greeting: [])] += 1
            stream.close()
            relay.ended(stream)
        }
    }
}
