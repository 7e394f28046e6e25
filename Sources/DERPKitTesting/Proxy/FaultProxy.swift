import AsyncSockets

/// A proxy in front of a relay that makes faults in the connections of clients.
final class FaultProxy: Sendable {
    private struct State {
        /// The relay's address; `nil` while it is down.
        var target: IPEndpoint?
        /// What happens to the bytes of new connections.
        var passage = ProxiedConnection.Passage.open
        /// The connections, by the client's address as the relay sees it.
        var connections: [IPEndpoint: ProxiedConnection] = [:]
    }

    private final class Box: Sendable {
        let state = Lock(State())
    }

    private let group: IOLoopGroup
    private let listener: TCPListener
    private let box: Box

    /// The address that clients connect to.
    var address: IPEndpoint { self.listener.address }

    /// Listens on a free port of the loopback address.
    init() async throws(SocketError) {
        let box = Box()
        let group = try IOLoopGroup(count: 1)
        self.box = box
        self.group = group
        self.listener = try TCPListener(binding: IPEndpoint(.loopbackIPv4, port: 0), group: group) { stream in
            Task(executorPreference: stream.loop) {
                await Self.serve(stream, box)
                stream.close()
            }
        }
        try await self.listener.start()
    }

    private static func serve(_ near: TCPStream, _ box: Box) async {
        let (target, passage) = box.state.withLock { ($0.target, $0.passage) }
        guard let target, let far = try? await TCPStream.connect(to: target, on: near.loop) else { return }
        let connection = ProxiedConnection(near: near, far: far, passage: passage)
        guard let address = connection.addressAtRelay else { return far.close() }
        box.state.withLock { $0.connections[address] = connection }
        await connection.serve()
        box.state.withLock { $0.connections[address] = nil }
    }

    /// Passes new connections on to `target`. If it is `nil`, closes them.
    func lead(to target: IPEndpoint?) {
        self.box.state.withLock { $0.target = target }
    }

    /// Closes the connections with these `addresses`, as the relay sees them, and returns their number; `nil` for all.
    @discardableResult
    func cut(_ addresses: [IPEndpoint]?) async -> Int {
        await self.change(addresses) { $0.cut() }
    }

    /// Changes what happens to the bytes of the connections with these `addresses`, as the relay sees them, and returns
    /// the number of connections; `nil` for all, and for new ones too.
    func set(_ passage: ProxiedConnection.Passage, for addresses: [IPEndpoint]?) async -> Int {
        if addresses == nil { self.box.state.withLock { $0.passage = passage } }
        return await self.change(addresses) { $0.set(passage) }
    }

    private func change(
        _ addresses: [IPEndpoint]?,
        _ body: @escaping @Sendable (ProxiedConnection) -> Void
    ) async -> Int {
        let connections = self.box.state.withLock { state in
            addresses.map { $0.compactMap { state.connections[$0] } } ?? Array(state.connections.values)
        }
        await self.group.loops[0].run { connections.forEach(body) }
        return connections.count
    }

    /// Stops listening and closes all connections.
    func close() async {
        self.lead(to: nil)
        await self.listener.close()
        await self.cut(nil)
    }
}
