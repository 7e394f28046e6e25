import AsyncSockets
@_spi(Benchmarks) import DERPKit

/// Clients that are connected and send nothing.
// @unchecked: each stream is confined to its loop.
struct IdleClients: @unchecked Sendable {
    private var streams: [TCPStream] = []

    /// How many clients log in at the same time.
    private static let concurrency = 32

    static func connect(_ count: Int, to target: Target, group: IOLoopGroup) async throws -> Self {
        var sources = SourceAddresses(for: target)
        var clients = Self()
        clients.streams.reserveCapacity(count)
        try await withThrowingTaskGroup(of: Self.self) { tasks in
            for index in 0..<count {
                if index >= Self.concurrency, let one = try await tasks.next() { clients.streams += one.streams }
                let loop = group.loops[index % group.loops.count]
                let source = sources.take()
                tasks.addTask(executorPreference: loop) {
                    Self(streams: [try await target.logIn(as: NodePrivateKey(), from: source, on: loop).0])
                }
            }
            for try await one in tasks { clients.streams += one.streams }
        }
        return clients
    }

    /// Returns how many clients are still connected.
    func countAlive() async -> Int {
        var count = 0
        for stream in self.streams {
            count += await stream.loop.run {
                var last = stream.receive()
                while case .bytes = last { last = stream.receive() }
                if case .wouldBlock = last { return 1 }
                return 0
            }
        }
        return count
    }

    func close() async {
        for stream in self.streams { await stream.loop.run { stream.close() } }
    }
}
