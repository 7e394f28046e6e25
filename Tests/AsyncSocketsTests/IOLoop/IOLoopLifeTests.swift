import Glibc
import TestSupport
import Testing

@testable import AsyncSockets

@Suite("Life of an event loop")
struct IOLoopLifeTests {
    /// Made where nothing else keeps the group, not even to the end of a scope.
    private static func orphan() throws -> IOLoop { try IOLoopGroup(count: 1).loops[0] }

    /// A thread of this process.
    private struct Thread: Equatable, Sendable {
        /// `PID/task/TID`.
        let path: String

        static func current() -> Thread? {
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = buffer.withUnsafeMutableBytes {
                readlink("/proc/thread-self", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
            }
            return count > 0 ? Thread(path: String(decoding: buffer.prefix(count), as: UTF8.self)) : nil
        }

        var hasEnded: Bool { access("/proc/\(self.path)", F_OK) != 0 }

        func waitForEnd() async throws {
            try await within { while !self.hasEnded { try await Task.sleep(for: .milliseconds(2)) } }
        }
    }

    // @unchecked: confined to the loop.
    private final class Timer: @unchecked Sendable {
        private var timer: LoopTimer?

        func fire(after nanoseconds: UInt64, on loop: IOLoop) async {
            await withCheckedContinuation { waiter in
                let timer = LoopTimer(on: loop) { waiter.resume() }
                self.timer = timer
                timer.schedule(at: loop.now + nanoseconds)
            }
        }
    }

    @Test("a loop that somebody holds runs when its group is gone, and ends when nobody holds it")
    func held() async throws {
        func run() async throws -> Thread? {
            let loop = try Self.orphan()
            #expect(try await loop.attempt { loop.isCurrent })
            // Longer than an orphaned loop sleeps, so that it has looked whether it is still needed.
            try await loop.attempt { await Timer().fire(after: 1_200_000_000, on: loop) }
            return try await loop.attempt { Thread.current() }
        }
        let thread = try #require(try await run())
        try await thread.waitForEnd()
    }

    @Test("a loop that is held by nothing but a task that waits elsewhere runs until the task is done")
    func heldByTask() async throws {
        @Sendable func start() throws -> Task<(Thread?, Thread?), any Error> {
            Task(executorPreference: try Self.orphan()) {
                let before = Thread.current()
                try await Task.sleep(for: .milliseconds(1200))
                return (before, Thread.current())
            }
        }
        let threads = try await within { try await start().value }
        let thread = try #require(threads.0)
        #expect(threads.1 == thread)
        try await thread.waitForEnd()
    }

    @Test("a stream that somebody holds is served when neither its group nor its loop is held")
    func heldByStream() async throws {
        let server = try await TestServer { stream in try await stream.write(try await stream.next() ?? []) }
        func exchange() async throws -> Thread? {
            let stream = try await TCPStream.connect(to: server.address, on: Self.orphan())
            return try await stream.loop.attempt {
                await Timer().fire(after: 1_200_000_000, on: stream.loop)
                try await stream.write([1, 2, 3])
                #expect(try await stream.next() == [1, 2, 3])
                stream.close()
                return Thread.current()
            }
        }
        let thread = try #require(try await exchange())
        try await thread.waitForEnd()
        await server.close()
    }

    @Test("a stream that nobody holds and nobody closed keeps no loop: it is closed")
    func abandonedStream() async throws {
        let server = try await TestServer { stream in
            while try await stream.next() != nil {}
        }
        func leave() async throws -> Thread? {
            let stream = try await TCPStream.connect(to: server.address, on: Self.orphan())
            return try await stream.loop.attempt { Thread.current() }
        }
        let thread = try #require(try await leave())
        try await thread.waitForEnd()
        try await server.nextOutcome().get()
        await server.close()
    }

    @Test("what is scheduled on a loop that nobody holds still happens, and then the loop ends")
    func scheduled() async throws {
        let (fired, signal) = AsyncStream.makeStream(of: Thread?.self)
        func schedule() async throws {
            let loop = try Self.orphan()
            try await loop.attempt {
                LoopTimer(on: loop) { signal.yield(Thread.current()) }.schedule(at: loop.now + 300_000_000)
            }
        }
        try await schedule()
        let thread = try await within {
            for await thread in fired { return thread }
            throw TooLate("the timer fires")
        }
        try await #require(thread).waitForEnd()
    }

    @Test("loops that are dropped while other threads still enqueue lose nothing, and all of them end")
    func dropped() async throws {
        @Sendable func round() async throws -> Thread? {
            let task = Task(executorPreference: try Self.orphan()) {
                // Each comes back from the global pool, and enqueues what may be the loop's last job.
                for _ in 0..<20 { await Task.detached { await Task.yield() }.value }
                return Thread.current()
            }
            return await task.value
        }
        let threads = try await within(.seconds(30)) {
            try await withThrowingTaskGroup(of: Thread?.self) { tasks in
                for _ in 0..<50 { tasks.addTask { try await round() } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(threads.count == 50)
        for thread in threads { try await #require(thread).waitForEnd() }
    }
}
