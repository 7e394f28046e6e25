import Synchronization
import Testing

@testable import AsyncSockets

/// What happens while a task is on the way to wait must not be lost: it wakes nobody a second time. A task that isn't an
/// actor's gives others a turn with each asynchronous call, so every turn of the way is tried.
@Suite("Order of waiting and waking")
struct WaitOrderTests {
    private static let turns = 0..<12

    /// Has `act` run on the loop `turns` turns of a task after `wait` was called, both with one end of a pair of streams.
    private func race(
        turns: Int,
        _ wait: @escaping @Sendable (TCPStream) async -> Void,
        _ act: @escaping @Sendable (TCPStream) -> Void
    ) async throws {
        let group = try IOLoopGroup(count: 1)
        let loop = try #require(group.loops.first)
        try await loop.attempt {
            let (first, second) = try OwnedDescriptor.streamPair()
            let stream = try #require(TCPStream.adopt(first, on: loop))
            let waiter = Task(executorPreference: loop) { await wait(stream) }
            Self.later(turns, on: loop) { act(stream) }
            await waiter.value
            stream.close()
            withExtendedLifetime(second) {}
        }
        withExtendedLifetime(group) {}
    }

    /// Calls `act` on the loop, behind what is enqueued there now and in the next `turns` turns.
    private static func later(_ turns: Int, on loop: IOLoop, _ act: @escaping @Sendable () -> Void) {
        Task(executorPreference: loop) {
            if turns > 0 { self.later(turns - 1, on: loop, act) } else { act() }
        }
    }

    @Test("a failure ends a wait for bytes", arguments: Self.turns)
    func reading(turns: Int) async throws {
        try await self.race(turns: turns) { stream in
            while stream.failure == nil { await stream.waitUntilReadable() }
        } _: {
            $0.fail(SocketError(.closed, "a test"))
        }
    }

    @Test("a failure ends a wait for an interruption", arguments: Self.turns)
    func patience(turns: Int) async throws {
        try await self.race(turns: turns) { stream in
            await stream.waitUntilInterrupted()
        } _: {
            $0.fail(SocketError(.closed, "a test"))
        }
    }

    @Test("an interruption ends the wait, or the next one", arguments: Self.turns)
    func interruption(turns: Int) async throws {
        try await self.race(turns: turns) { stream in
            await stream.waitUntilReadable()
        } _: {
            $0.interrupt()
        }
    }

    @Test("a failure ends a wait for room", arguments: Self.turns)
    func writing(turns: Int) async throws {
        try await self.race(turns: turns) { stream in
            let bytes = [UInt8](repeating: 0, count: 1 << 16)
            while !stream.isWriteBlocked { _ = bytes.withUnsafeBytes { stream.send($0) } }
            await stream.waitUntilWritable()
        } _: {
            $0.fail(SocketError(.closed, "a test"))
        }
    }

    @Test("a failure ends the end of a connection", arguments: Self.turns)
    func finishing(turns: Int) async throws {
        try await self.race(turns: turns) { stream in
            // Longer than the test waits.
            await stream.finish(within: .seconds(60))
            #expect(!stream.isOpen)
        } _: {
            $0.fail(SocketError(.closed, "a test"))
        }
    }
}
