import Synchronization
import Testing

@testable import AsyncSockets

@Suite("Budgeted executor")
struct BudgetedExecutorTests {
    @Test("its tasks run on the loop's thread, also behind everything that they wait for")
    func place() async throws {
        let group = try IOLoopGroup(count: 2)
        let loop = group.loops[0]
        let other = group.loops[1]
        let places = await Task(executorPreference: BudgetedExecutor(on: loop)) {
            var places = [loop.isCurrent]
            await loop.nextTick()
            places.append(loop.isCurrent)
            places.append(await other.run { other.isCurrent && !loop.isCurrent })
            places.append(loop.isCurrent)
            try? await Task.sleep(for: .milliseconds(1))
            places.append(loop.isCurrent)
            return places
        }.value
        #expect(places == Array(repeating: true, count: 5))
        withExtendedLifetime(group) {}
    }

    private final class Log: Sendable {
        private let entries = Lock<[String]>([])
        var all: [String] { self.entries.withLock { $0 } }
        func add(_ entry: String) { self.entries.withLock { $0.append(entry) } }
    }

    @Test("others' work goes first, though it came later")
    func order() throws {
        let loop = try IOLoop(index: 0)
        let executor = BudgetedExecutor(on: loop)
        let log = Log()
        // Enqueued on the loop, so that both are there when the next tick begins.
        Task(executorPreference: loop) {
            Task(executorPreference: executor) { log.add("turn") }
            Task(executorPreference: loop) { log.add("job") }
        }
        while log.all.count < 2 { loop.turn() }
        #expect(log.all == ["job", "turn"])
    }

    @Test("while others have work in every tick, turns get their share of the time, and continue")
    func share() async throws {
        let group = try IOLoopGroup(count: 1)
        let loop = group.loops[0]
        let isDone = Atomic(false)
        let turns = Task(executorPreference: BudgetedExecutor(on: loop)) {
            var longest: UInt64 = 0
            while !isDone.load(ordering: .relaxed) {
                longest = max(longest, Self.work())
                await loop.nextTick()
            }
            return longest
        }
        let (turnTime, time) = try await loop.attempt {
            let start = (loop.turnTime, IOLoop.readClock())
            for _ in 0..<3000 {
                Self.work()
                await loop.nextTick()
            }
            return (loop.turnTime - start.0, IOLoop.readClock() - start.1)
        }
        isDone.store(true, ordering: .relaxed)
        // The machine may take the processor away in the middle of a turn: they owe it, but for the last.
        let longest = await turns.value
        let most = Double(time) * (TimeBudget.share + 0.05) + Double(longest) + 2_000_000
        #expect(turnTime > 0 && Double(turnTime) < most)
        withExtendedLifetime(group) {}
    }

    /// Takes 50 us.
    ///
    /// - Returns: how long it took, in nanoseconds: the machine may take the processor away.
    @discardableResult
    private static func work() -> UInt64 {
        let start = IOLoop.readClock()
        var now = start
        while now - start < 50_000 { now = IOLoop.readClock() }
        return now - start
    }

    @Test("the loop doesn't sleep while turns wait, and counts those that had to")
    func backlog() async throws {
        let group = try IOLoopGroup(count: 1)
        let loop = group.loops[0]
        let executor = BudgetedExecutor(on: loop)
        try await within(.seconds(30)) {
            await withTaskGroup(of: Void.self) { tasks in
                for _ in 0..<200 { tasks.addTask(executorPreference: executor) { Self.work() } }
            }
        }
        let (delayed, time, waiting) = await loop.run {
            (loop.delayedTurnCount, loop.turnTime, loop.waitingTurnCount)
        }
        #expect(delayed > 0)
        #expect(time >= 200 * 50_000)
        #expect(waiting == 0)
        withExtendedLifetime(group) {}
    }

    // @unchecked: confined to the loop.
    private final class Handler: BudgetedHandler, @unchecked Sendable {
        var count = 0
        func takeTurn() { self.count += 1 }
    }

    @Test("a handler takes a turn for each time that it asks for one")
    func handler() async throws {
        let group = try IOLoopGroup(count: 1)
        let loop = group.loops[0]
        let handler = Handler()
        let count = try await loop.attempt {
            for _ in 0..<3 { loop.requestTurn(for: handler) }
            await loop.nextTick()
            await loop.nextTick()
            return handler.count
        }
        #expect(count == 3)
    }

    @Test("a loop on which nothing but turns is left does them, and ends")
    func end() async throws {
        func start() throws -> (Task<Bool, Never>, WeakReference<IOLoop>) {
            let group = try IOLoopGroup(count: 1)
            let loop = group.loops[0]
            let task = Task(executorPreference: BudgetedExecutor(on: loop)) {
                for _ in 0..<10 { await loop.nextTick() }
                return loop.isCurrent
            }
            return (task, WeakReference(loop))
        }
        let (task, loop) = try start()
        #expect(await task.value)
        try await within { while !loop.isGone { try await Task.sleep(for: .milliseconds(2)) } }
    }
}
