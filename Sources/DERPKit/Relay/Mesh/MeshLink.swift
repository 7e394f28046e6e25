import AsyncSockets
import Logging

/// This node's link to another node: it learns who is connected there, and carries packets to them. Pinned to the loop
/// that serves it. It is made again whenever it breaks; what was learned over it is then forgotten.
actor MeshLink {
    private nonisolated let relay: RelayLoop
    private let context: RelayContext
    private let mesh: MeshConfiguration
    private let connect: @Sendable (IOLoop) async throws(DERPError) -> DERPClient
    private var status: MeshLinkStatus
    /// The number of failures since the link was last up.
    private var failuresInARow = 0
    private var lastFailure: DERPError.Code?
    /// Logs whether the link is up. Limited, because the other node can make it go up and down all the time.
    private let changes: LimitedLine

    nonisolated var loop: IOLoop { self.relay.loop }
    nonisolated var unownedExecutor: UnownedSerialExecutor { self.relay.loop.asUnownedSerialExecutor() }

    /// Creates a link, which is not up yet.
    ///
    /// - Parameters:
    ///   - name: The other node's name in logs and metrics.
    ///   - connect: Logs in to the other node as a mesh peer.
    init(
        to name: String,
        of mesh: MeshConfiguration,
        on relay: RelayLoop,
        context: RelayContext,
        connect: @escaping @Sendable (IOLoop) async throws(DERPError) -> DERPClient
    ) {
        self.relay = relay
        self.context = context
        self.changes = LimitedLine(context.logger)
        self.mesh = mesh
        self.connect = connect
        self.status = MeshLinkStatus(node: name)
    }

    init(to node: MeshNode, of mesh: MeshConfiguration, on relay: RelayLoop, context: RelayContext) {
        let key = context.configuration.privateKey
        self.init(to: node.name, of: mesh, on: relay, context: context) { loop throws(DERPError) in
            try await node.connect(as: key, of: mesh, on: loop)
        }
    }

    /// Keeps the link up until the task is cancelled, or the other node turns out to be this node.
    ///
    /// Call this in a task that prefers the link's loop.
    func run() async {
        defer { self.changes.flush() }
        while !Task.isCancelled {
            switch await Result.awaiting({ () throws(DERPError) in try await self.connect(self.relay.loop) }) {
            case .success(let client):
                guard client.serverKey != self.context.configuration.privateKey.publicKey else {
                    await client.close()
                    self.noteOwnNode()
                    return
                }
                let failure = await self.serve(client.link)
                // Not earlier, because this closes the stream.
                await client.close(within: .zero)
                if !Task.isCancelled { self.note(failure) }
            case .failure(let failure):
                if !Task.isCancelled { self.note(failure) }
            }
            // The random part keeps the nodes from all connecting at once when a node that they all had links to comes
            // back.
            try? await Task.sleep(for: self.mesh.reconnectDelay * Double.random(in: 1...1.2))
        }
    }

    /// Uses an existing connection to another node until it ends.
    ///
    /// Call this in a task that prefers the link's loop.
    ///
    /// - Parameter grace: How long the other node's clients still count as connected after the end.
    func run(over stream: TCPStream, grace: Duration) async {
        _ = await self.serve(ClientLink(stream: stream, early: [], options: DERPClient.Options()), grace: grace)
    }

    var currentStatus: MeshLinkStatus { self.status }
}

// MARK: Serving

extension MeshLink {
    /// Uses the connection until it ends, and returns why it ended.
    private func serve(_ link: ClientLink, grace: Duration = .zero) async -> DERPError {
        let stream = link.stream
        // A node that loses power must be missed as soon as a client would be.
        self.context.configuration.tcpOptions.apply(to: stream)
        // From here on, only the queue writes to the stream.
        let outbox = Outbox(stream: stream, relay: self.relay, terms: .link)
        let id = self.relay.add(outbox)
        let forwarder = self.context.forwarder
        await forwarder.add(link: id)
        outbox.open(with: Frame.encode(.watchConns, []))
        let reader = MeshLinkReader(link, outbox: outbox, mesh: self.mesh)
        let failure = await withTaskCancellationHandler {
            await self.hear(reader, over: id)
        } onCancel: {
            Task(executorPreference: stream.loop) { stream.fail(SocketError(.closed, "the link is no longer wanted")) }
        }
        self.relay.remove(link: id)
        outbox.close()
        stream.close()
        self.status.clients = 0
        if grace > .zero {
            await forwarder.noteEnd(ofLink: id)
            try? await Task.sleep(for: grace)
        }
        await forwarder.remove(link: id)
        return failure
    }

    private func hear(_ reader: MeshLinkReader, over id: ClientID) async -> DERPError {
        while true {
            switch await Result.awaiting({ () throws(DERPError) in try await reader.receive() }) {
            case .success(let changes):
                guard !changes.isEmpty else { continue }
                guard let count = await self.context.forwarder.learn(changes, over: id) else {
                    return DERPError(.protocolViolation, "the node has more clients than this one can remember")
                }
                self.status.clients = count
                self.noteUp()
            case .failure(let failure):
                guard failure.code == .connection, self.status.state != .up else { return failure }
                return DERPError(.refused, "the node ended the connection at once: its mesh key may be another one")
            }
        }
    }
}

// MARK: Notes

extension MeshLink {
    private func noteUp() {
        guard self.status.state != .up else { return }
        self.status.state = .up
        self.status.connects += 1
        self.failuresInARow = 0
        let node = self.status.node
        self.changes.log(.info, "Mesh link is up", metadata: ["node": "\(node)"])
        self.context.events.post(.meshLinkUp(node))
    }

    private func note(_ failure: DERPError) {
        self.status.state = .down
        self.status.failures += 1
        self.failuresInARow += 1
        // A node may be away for a long time, and the link may then fail for another reason. Each reason is news only
        // once.
        let isNews = self.failuresInARow == 1 || failure.code != self.lastFailure
        self.lastFailure = failure.code
        if self.failuresInARow == 1 {
            self.context.events.post(.meshLinkDown(self.status.node, detail: failure.description))
        }
        let metadata: Logger.Metadata = ["node": "\(self.status.node)", "reason": "\(failure)"]
        if isNews {
            self.changes.log(.warning, "Mesh link is down", metadata: metadata)
        } else {
            self.context.logger.debug("Mesh link is down", metadata: metadata)
        }
    }

    private func noteOwnNode() {
        self.status.state = .ownNode
        self.context.logger.info(
            "A mesh link leads to this node itself: it is not used",
            metadata: ["node": "\(self.status.node)"]
        )
    }
}
