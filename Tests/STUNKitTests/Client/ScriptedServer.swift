import AsyncSockets
import Testing

/// A UDP server that answers as a script says, on a loop of its own.
actor ScriptedServer: EventHandler {
    /// Gets what was received so far, the newest last; returns the reply to the newest, if any.
    typealias Script = @Sendable (_ received: [[UInt8]]) -> [UInt8]?

    nonisolated let address: IPEndpoint
    private(set) var received: [[UInt8]] = []

    private nonisolated let loop: IOLoop
    private let group: IOLoopGroup
    private let socket: UDPSocket
    private let batch = DatagramBatch(capacity: 1)
    private let script: Script

    private init(_ script: @escaping Script) throws {
        self.group = try IOLoopGroup(count: 1)
        self.loop = self.group.loops[0]
        self.socket = try #require(try UDPSocket.bind(to: IPEndpoint(.loopbackIPv4, port: 0)).first)
        self.address = self.socket.localAddress
        self.script = script
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// Serves while `body` runs, which gets the server's address; returns what the server received.
    static func serve(
        _ script: @escaping Script,
        while body: (IPEndpoint) async throws -> Void
    ) async throws -> [[UInt8]] {
        let server = try ScriptedServer(script)
        try await server.start()
        do {
            try await body(server.address)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        return await server.received
    }

    private func start() throws { try self.socket.attach(to: self.loop, handler: self) }
    private func stop() { self.socket.detach() }

    nonisolated func handle(events: UInt32) {
        self.assumeIsolated { $0.answer() }
    }

    private func answer() {
        guard self.socket.receive(into: self.batch) == .datagrams else { return }
        self.received.append(Array(self.batch.payload(0)))
        guard let reply = self.script(self.received) else { return }
        self.batch.slot(0).copyBytes(from: reply)
        self.batch.reply(to: 0, size: reply.count)
        #expect(self.socket.sendReplies(of: self.batch) == 0)
    }
}
