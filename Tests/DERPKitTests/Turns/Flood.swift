import Glibc
import Synchronization
import TestSupport

@testable import AsyncSockets

/// A peer that sends the same over and over, as fast as it is taken, from a thread of its own.
final class Flood: Sendable {
    /// What is done before: returns what is sent from then on.
    typealias Script = @Sendable (TCPStream) async throws -> [UInt8]

    let group: IOLoopGroup
    /// After how long it ends by itself.
    private let limit: Duration
    private let byteCount = Atomic<UInt64>(0)
    private let phase = Atomic(Phase.before.rawValue)
    private let listener = Lock<TCPListener?>(nil)

    private enum Phase: Int {
        case before, on, ended, wasEnded
    }

    init(limit: Duration) throws {
        self.group = try IOLoopGroup(count: 1)
        self.limit = limit
    }

    var loop: IOLoop { self.group.loops[0] }
    /// How much the kernel has taken, in bytes.
    var sent: UInt64 { self.byteCount.load(ordering: .relaxed) }
    /// Whether it is going on.
    var isOn: Bool { self.phase.load(ordering: .acquiring) == Phase.on.rawValue }
    /// Whether the other end ended it.
    var wasEnded: Bool { self.phase.load(ordering: .acquiring) == Phase.wasEnded.rawValue }
    var isOver: Bool { self.phase.load(ordering: .acquiring) >= Phase.ended.rawValue }

    /// Has whoever connects flooded; returns where to connect.
    func listen(_ script: @escaping Script) async throws -> IPEndpoint {
        let listener = try await TCPListener(address: IPEndpoint(.loopbackIPv4, port: 0), group: self.group) {
            stream in
            Task(executorPreference: stream.loop) { await self.run(script, on: stream) }
        }
        self.listener.withLock { $0 = listener }
        return listener.address
    }

    /// Connects to `address`, floods it, and returns when that is over.
    func connect(to address: IPEndpoint, _ script: @escaping Script) async throws {
        try await self.loop.run { () async -> Result<Void, SocketError> in
            let loop = self.loop
            let stream = await Result.awaiting { () throws(SocketError) in
                try await TCPStream.connect(to: address, on: loop)
            }
            guard case .success(let stream) = stream else { return stream.map { _ in } }
            await self.run(script, on: stream)
            return .success(())
        }.get()
    }

    /// On the flood's loop.
    func run(_ script: Script, on stream: TCPStream) async {
        defer { stream.close() }
        stream.setDeadline(.seconds(40) * Sanitizer.slowness)
        guard let pattern = try? await script(stream), !pattern.isEmpty else {
            self.end(.wasEnded)
            return
        }
        let block = Array(repeatElement(pattern, count: max(1, 65_536 / pattern.count)).joined())
        // Answers are thrown away, so that nobody has to wait until they are read.
        let reader = Task(executorPreference: stream.loop) { await Self.discard(stream) }
        // Also when nothing is taken.
        stream.setDeadline(self.limit)
        let isDone = await self.send {
            await Result.awaiting { () throws(SocketError) in try await stream.write(block) }.map { block.count }
        }
        self.end(isDone || stream.failure?.code == .timeout ? .ended : .wasEnded)
        stream.close()
        await reader.value
    }

    /// Calls `body`, which returns how much it has sent, until it fails or the time is over; false when it failed.
    func send(_ body: () async -> Result<Int, SocketError>) async -> Bool {
        let end = ContinuousClock.now + self.limit
        self.phase.store(Phase.on.rawValue, ordering: .releasing)
        while ContinuousClock.now < end {
            guard case .success(let count) = await body() else { return false }
            self.byteCount.add(UInt64(count), ordering: .relaxed)
        }
        return true
    }

    func end(isByOther: Bool) { self.end(isByOther ? .wasEnded : .ended) }

    private func end(_ phase: Phase) {
        self.phase.store(phase.rawValue, ordering: .releasing)
    }

    private static func discard(_ stream: TCPStream) async {
        while true {
            switch stream.receive() {
            case .bytes: continue
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: return
            }
        }
    }
}
