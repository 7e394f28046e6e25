import Synchronization
import Testing

@testable import AsyncSockets

@Suite("Event loop")
struct IOLoopTests {
    private actor Pinned {
        nonisolated let loop: IOLoop
        private(set) var log: [Int] = []
        private(set) var strayed = false

        nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

        init(_ loop: IOLoop) { self.loop = loop }

        func add(_ number: Int) {
            if !self.loop.isCurrent { self.strayed = true }
            self.log.append(number)
        }
    }

    @Test("nothing that many tasks on many threads enqueue is lost, and all of it runs on the loop")
    func enqueueFromManyThreads() async throws {
        let group = try IOLoopGroup(count: 3)
        let pinned = Pinned(group.loops[0])
        try await within(.seconds(30)) {
            await withTaskGroup(of: Void.self) { tasks in
                for task in 0..<8 {
                    // Two of three come from other loops, the rest from the global pool.
                    tasks.addTask(executorPreference: task % 3 == 0 ? nil : group.loops[task % 3]) {
                        for number in 0..<2000 { await pinned.add(task * 2000 + number) }
                    }
                }
            }
        }
        let log = await pinned.log
        #expect(log.count == 16000)
        for task in 0..<8 {
            #expect(log.filter { $0 / 2000 == task } == Array(task * 2000..<task * 2000 + 2000), "one task's order")
        }
        #expect(await !pinned.strayed)
    }

    @Test("a loop that sleeps is woken by each of many enqueues, one at a time")
    func wakeups() async throws {
        let group = try IOLoopGroup(count: 2)
        try await within(.seconds(30)) {
            for number in 0..<3000 {
                let answer = await group.loops[number % 2].run { number }
                #expect(answer == number)
            }
        }
    }

    private final class Counter: Sendable {
        private let count = Atomic(0)
        var value: Int { self.count.load(ordering: .relaxed) }
        func add() { self.count.add(1, ordering: .relaxed) }
    }

    private final class Mail: MailHandler {
        let handled = Atomic(0)
        func handleMail() { self.handled.add(1, ordering: .relaxed) }
    }

    @Test("mail is handled once for each notice, behind the jobs that were there")
    func mail() async throws {
        let group = try IOLoopGroup(count: 1)
        let mail = Mail()
        for _ in 0..<100 { group.loops[0].notify(mail) }
        try await group.loops[0].attempt {}
        #expect(mail.handled.load(ordering: .relaxed) == 100)
    }

    // @unchecked: used on the loop only, and by the test that turns it.
    private final class TickEnd: TickEndHandler, @unchecked Sendable {
        let onEnd: () -> Void
        var count = 0

        init(onEnd: @escaping () -> Void = {}) { self.onEnd = onEnd }

        func tickEnded() {
            self.count += 1
            self.onEnd()
        }
    }

    @Test("each request for the end of a tick is served once, after the tick's jobs, also when made at that moment")
    func tickEnd() throws {
        let loop = try IOLoop(index: 0)
        let second = TickEnd()
        let first = TickEnd { loop.atTickEnd(second) }
        let log = Lock<[Int]>([])
        let isDone = Atomic(false)
        Task(executorPreference: loop) {
            loop.atTickEnd(first)
            log.withLock { $0.append(first.count) }
            isDone.store(true, ordering: .relaxed)
        }
        while !isDone.load(ordering: .relaxed) { loop.turn() }
        #expect(log.withLock { $0 } == [0])
        #expect(first.count == 1)
        #expect(second.count == 1)
        while !loop.isIdle { loop.turn() }
        loop.turn()
        #expect(first.count == 1)
        #expect(second.count == 1)
    }

    @Test("a task that returns in the next tick gives all others a turn")
    func nextTickIsFair() async throws {
        let group = try IOLoopGroup(count: 1)
        let loop = group.loops[0]
        try await loop.attempt {
            let isDone = Atomic(false)
            let turns = Atomic(0)
            let greedy = Task(executorPreference: loop) {
                while !isDone.load(ordering: .relaxed) {
                    turns.add(1, ordering: .relaxed)
                    await loop.nextTick()
                }
            }
            for _ in 0..<100 { await loop.nextTick() }
            isDone.store(true, ordering: .relaxed)
            await greedy.value
            #expect((90...110).contains(turns.load(ordering: .relaxed)))
        }
    }

    private final class Numbers: Sendable {
        let list = Lock<[Int]>([])
    }

    @Test("waiting tasks continue in order of arrival, none twice in a tick, and new jobs run first")
    func line() throws {
        let loop = try IOLoop(index: 0)
        let log = Numbers()
        for number in 0..<40 {
            Task(executorPreference: loop) {
                for _ in 0..<2 {
                    await loop.waitInLine()
                    log.list.withLock { $0.append(number) }
                }
            }
        }
        loop.turn()
        #expect(log.list.withLock { $0 } == [])
        while !loop.isIdle {
            let before = log.list.withLock { $0.count }
            Task(executorPreference: loop) { log.list.withLock { $0.append(-1) } }
            loop.turn()
            let tick = log.list.withLock { Array($0[before...]) }
            #expect(tick.first == -1)
            #expect(tick.count > 1)
            #expect(Set(tick).count == tick.count)
        }
        let order = log.list.withLock { $0.filter { $0 >= 0 } }
        #expect(order == Array(0..<40) + Array(0..<40))
    }

    @Test("a loop that nobody holds ends with its group, does what was enqueued before, and its memory is freed")
    func release() async throws {
        let done = Counter()
        func makeAndRelease() throws -> WeakReference<IOLoop> {
            let group = try IOLoopGroup(count: 1)
            for _ in 0..<100 { Task(executorPreference: group.loops[0]) { done.add() } }
            return WeakReference(group.loops[0])
        }
        let loop = try makeAndRelease()
        try await within { while !loop.isGone { await Task.yield() } }
        #expect(done.value == 100)
    }

    private final class Log {
        var fired: [(Int, UInt64)] = []
    }

    @Test("timers of a running loop fire in the order of their deadlines, and not early")
    func runningTimers() async throws {
        let group = try IOLoopGroup(count: 1)
        let loop = group.loops[0]
        let fired = try await loop.attempt {
            let log = Log()
            let start = loop.now
            let timers = [3, 1, 2].map { number in
                LoopTimer(on: loop) { log.fired.append((number, loop.now - start)) }
            }
            for (timer, number) in zip(timers, [3, 1, 2]) { timer.schedule(at: start + UInt64(number) * 40_000_000) }
            while timers.contains(where: \.isScheduled) { await loop.nextTick() }
            return log.fired
        }
        #expect(fired.map(\.0) == [1, 2, 3])
        for (number, time) in fired { #expect(time >= UInt64(number) * 40_000_000) }
    }
}
