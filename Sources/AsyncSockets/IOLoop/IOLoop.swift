import CAsyncSockets
import Glibc
import Synchronization

/// One thread with one epoll instance, which serves sockets and runs actors.
///
/// It is a serial executor (actors are pinned to it) and a task executor (tasks stay on it between awaits). Use
/// everything marked *confined* only on the loop's own thread.
///
/// It runs for as long as somebody holds it or its group. A stream, a client, an actor or a task on the loop holds it.
/// When nobody holds it any more, its thread ends within about a second.
// @unchecked: `inbox` and the atomics are synchronised; everything else is confined to the thread.
public final class IOLoop: @unchecked Sendable {
    /// The loop's place in its group, from 0.
    public let index: Int

    /// The time in nanoseconds on the monotonic clock, read once per tick. Confined.
    @exclusivity(unchecked) public private(set) var now: UInt64

    /// Like ``now``, but reads the clock at each call, for code that has much to do in one tick.
    package static func readClock() -> UInt64 { cas_monotonic_nanoseconds() }

    /// The number of ticks so far, including the current one. Confined.
    public var tickNumber: UInt64 { self.ticks }
    // Other modules would check each access to a stored property, whatever its attribute says.
    @exclusivity(unchecked) private var ticks: UInt64 = 0

    /// The memory that all sockets of the loop share while they are read or written. Confined.
    package let buffers: LoopBuffers

    /// The number of datagrams since the last wait. Confined.
    @exclusivity(unchecked) var datagramCount = 0

    /// The loop's timers. Confined.
    package let timers: TimerWheel

    private let epoll: Int32
    private let wakeup: Wakeup
    private let isSleeping = Atomic(false)
    /// Whether the loop has a thread of its own. A loop without one belongs to whoever turns it.
    let isServed = Atomic(false)
    /// Whether the group is gone. Then only those who hold the loop itself still need it.
    private let isOrphaned = Atomic(false)
    /// The number of threads that are enqueuing a job. That job may be all that holds the loop for them.
    private let enqueuing = Atomic(0)
    private let hasEnded = Atomic(false)
    private let inbox = Lock<[Work]>([])

    @exclusivity(unchecked) private var spin: SpinPolicy
    @exclusivity(unchecked) private var gather: GatherPolicy
    /// When the last wait ended, in nanoseconds.
    @exclusivity(unchecked) private var waitEnd: UInt64 = 0
    /// The total time of polling before sleep, and of pauses in which input gathered, in nanoseconds. Confined.
    @exclusivity(unchecked) public private(set) var pollTime: UInt64 = 0
    @exclusivity(unchecked) public private(set) var gatherTime: UInt64 = 0
    @exclusivity(unchecked) private var registrations = RegistrationTable()
    @exclusivity(unchecked) private var jobs: [Work] = []
    @exclusivity(unchecked) private var turns = TurnQueue()
    @exclusivity(unchecked) private var budget = TimeBudget()
    /// The total time of all turns, in nanoseconds. Confined.
    @exclusivity(unchecked) public private(set) var turnTime: UInt64 = 0
    /// The number of turns that had to wait because the turns of a tick had used their share. Confined.
    @exclusivity(unchecked) public private(set) var delayedTurnCount: UInt64 = 0
    @exclusivity(unchecked) private var deferred: [UnsafeContinuation<Void, Never>] = []
    @exclusivity(unchecked) private var line = WaitingLine()
    /// Whether the last tick took so long that those who come first should do less. Confined.
    public var isCrowded: Bool { self.wasLongTick }
    @exclusivity(unchecked) private var wasLongTick = false
    @exclusivity(unchecked) private var tickEndHandlers: [any TickEndHandler] = []
    private let events = UnsafeMutablePointer<cas_event>.allocate(capacity: Int(CAS_MAX_EVENTS))

    init(index: Int, waiting: Waiting = Waiting()) throws(SocketError) {
        let epoll = cas_epoll_create()
        guard epoll >= 0 else { throw SocketError(errno: errno, "create an epoll instance") }
        let wakeup: Wakeup
        do {
            wakeup = try Wakeup()
        } catch {
            close(epoll)
            throw error
        }
        guard cas_epoll_add(epoll, wakeup.descriptor, UInt32(CAS_READABLE), 1, Self.wakeupToken) == 0 else {
            let error = SocketError(errno: errno, "watch an eventfd")
            close(epoll)
            throw error
        }
        self.index = index
        self.spin = SpinPolicy(share: waiting.pollShare)
        self.gather = GatherPolicy(longest: waiting.gatherTime.nanoseconds)
        self.epoll = epoll
        self.wakeup = wakeup
        self.buffers = LoopBuffers()
        self.now = cas_monotonic_nanoseconds()
        self.timers = TimerWheel(now: self.now)
    }

    deinit {
        self.events.deallocate()
        close(self.epoll)
    }

    /// The token of no registration: it would be the four-billionth slot.
    private static let wakeupToken = UInt64.max
}

extension IOLoop {
    /// The work that a loop does between sockets.
    private enum Work {
        case job(UnownedJob)
        case handler(any MailHandler)
        /// A job that waits for its turn.
        case turn(UnownedJob, BudgetedExecutor)
    }
}

// MARK: Sockets and ticks (confined)

extension IOLoop {
    /// Starts to watch `descriptor`. Returns the token for changing or ending this.
    public func register(
        _ descriptor: Int32,
        events: UInt32,
        edgeTriggered: Bool = true,
        handler: any EventHandler
    ) throws(SocketError) -> UInt64 {
        self.requireCurrent("IOLoop.register")
        let token = self.registrations.insert(handler)
        guard cas_epoll_add(self.epoll, descriptor, events, edgeTriggered ? 1 : 0, token) == 0 else {
            let error = SocketError(errno: errno, "watch a socket")
            self.registrations.remove(token)
            throw error
        }
        return token
    }

    /// Changes the events that `descriptor` is watched for. Pending readiness is reported again.
    public func modify(_ descriptor: Int32, token: UInt64, events: UInt32, edgeTriggered: Bool = true) {
        self.requireCurrent("IOLoop.modify")
        _ = cas_epoll_modify(self.epoll, descriptor, events, edgeTriggered ? 1 : 0, token)
    }

    /// Stops watching `descriptor`, which must still be open.
    public func deregister(_ descriptor: Int32, token: UInt64) {
        self.requireCurrent("IOLoop.deregister")
        _ = cas_epoll_remove(self.epoll, descriptor)
        self.registrations.remove(token)
    }

    /// Returns in the next tick. Before that, everybody else on the loop has a turn, and what was written is sent.
    public func nextTick(isolation: isolated (any Actor)? = #isolation) async {
        await withUnsafeContinuation {
            self.requireCurrent("IOLoop.nextTick")
            self.deferred.append($0)
        }
    }

    /// Returns in a later tick. A caller that has done its share waits behind those that have not, and behind those
    /// that already wait. A tick lets up to 16 continue, as many as finish within a millisecond.
    public func waitInLine(isolation: isolated (any Actor)? = #isolation) async {
        await withUnsafeContinuation {
            self.requireCurrent("IOLoop.waitInLine")
            self.line.append($0)
        }
    }

    /// Lets `handler` take a turn after others have had theirs, like the tasks of a ``BudgetedExecutor``.
    public func requestTurn(for handler: any BudgetedHandler) {
        self.requireCurrent("IOLoop.requestTurn")
        self.turns.append(.handler(handler))
    }

    /// The number of turns that wait. Confined.
    public var waitingTurnCount: Int { self.turns.count }

    /// Records that `count` messages of peers have been handled since the last call, which is how the loop knows whether it
    /// would be better to let some gather (``Waiting/gatherTime``). Confined.
    public func note(messages count: Int) { self.gather.note(messages: count) }

    /// Calls `handler` once, after this tick's reading and jobs.
    public func atTickEnd(_ handler: any TickEndHandler) {
        self.assertCurrent()
        self.tickEndHandlers.append(handler)
    }
}

// MARK: Running

extension IOLoop {
    /// The body of a loop's thread, which takes over the reference in `argument`. Returns when the group is gone,
    /// nobody else holds the loop, and nothing is left to do.
    static func serve(_ argument: UnsafeMutableRawPointer) {
        // A parameter or a constant of this type would be another reference, and the thread would never end.
        var loop = Unmanaged<IOLoop>.fromOpaque(argument).takeRetainedValue()
        cas_set_current_loop(argument)
        cas_wake_promptly()
        var nextLook: UInt64 = 0
        while true {
            loop.tick(mayWait: true)
            guard loop.isOrphaned.load(ordering: .acquiring) else { continue }
            if loop.isDone, isKnownUniquelyReferenced(&loop), loop.end() { break }
            guard loop.now >= nextLook else { continue }
            nextLook = loop.now + UInt64(Self.orphanSleep) * 1_000_000
            for handler in loop.registrations.unheldHandlers() { handler.abandoned() }
        }
        cas_set_current_loop(nil)
        withExtendedLifetime(loop) {}
    }

    /// The maximum time that an orphaned loop sleeps, in milliseconds. Nobody tells it that a reference was dropped.
    private static let orphanSleep: Int32 = 1000

    /// Whether there is nothing to do, now or later, except for sockets.
    private var isDone: Bool {
        self.isIdle && self.timers.isEmpty && self.enqueuing.load(ordering: .acquiring) == 0
    }

    /// Ends enqueuing. Returns `false` if something was enqueued after all.
    private func end() -> Bool {
        // Everything that others did before they dropped their references happens before this.
        atomicMemoryFence(ordering: .acquiring)
        return self.inbox.withLock { inbox in
            guard inbox.isEmpty else { return false }
            self.hasEnded.store(true, ordering: .relaxed)
            // A thread that may still add to the inbox will check `hasEnded`.
            self.isSleeping.store(true, ordering: .sequentiallyConsistent)
            return true
        }
    }

    /// Runs one tick of a loop that has no thread, without waiting, on the caller's thread. Tests use this to run
    /// several loops in an order of their choice.
    ///
    /// - Parameter now: The time to use; `nil` reads the clock. A clock that stands still fires no timer.
    package func turn(at now: UInt64? = nil) {
        let former = cas_current_loop()
        cas_set_current_loop(UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()))
        defer { cas_set_current_loop(former) }
        self.tick(mayWait: false, at: now)
    }

    private func tick(mayWait: Bool, at now: UInt64? = nil) {
        self.ticks += 1
        let lined = self.line.count
        self.poll(mayWait: mayWait, at: now)
        self.takeInbox()
        var hasRunJobs = self.runJobs()
        if lined > 0 {
            self.serveLine(lined)
            hasRunJobs = true
        }
        // After the sockets: if the loop was held up, a deadline must not end what has just made progress.
        self.timers.advance(to: self.now)
        let isContended = self.endTick() || hasRunJobs
        guard !self.turns.isEmpty, !mayWait || !self.isResting else { return }
        self.takeTurns(isContended: isContended)
        _ = self.endTick()
    }

    /// Whether there is nothing to do except to wait for sockets and timers.
    package var isIdle: Bool {
        self.jobs.isEmpty && self.deferred.isEmpty && self.line.isEmpty && self.turns.isEmpty
            && self.inbox.withLock { $0.isEmpty }
    }

    /// Tells the loop that the group is gone.
    func orphan() {
        self.isOrphaned.store(true, ordering: .releasing)
        self.wakeup.signal()
    }

    /// Whether turns are put off because others want the processor.
    private var isResting: Bool { self.now < self.budget.restEnd }

    /// The only place where the thread blocks.
    private func poll(mayWait: Bool, at now: UInt64?) {
        var timeout: Int32 = 0
        if mayWait, self.jobs.isEmpty, self.deferred.isEmpty, self.line.isEmpty, self.turns.isEmpty || self.isResting {
            // Announced before checking the inbox: whoever adds to the inbox after this check sees the announcement.
            self.isSleeping.store(true, ordering: .sequentiallyConsistent)
            if self.inbox.withLock({ $0.isEmpty }) {
                timeout = self.timers.millisecondsUntilNext(now: self.now)
                if self.isResting, !self.turns.isEmpty {
                    let rest = self.budget.millisecondsOfRest(now: self.now)
                    timeout = timeout < 0 ? rest : min(timeout, rest)
                }
                if self.isOrphaned.load(ordering: .acquiring) {
                    timeout = timeout < 0 ? Self.orphanSleep : min(timeout, Self.orphanSleep)
                }
            }
        }
        let start = self.now
        let count = timeout == 0 ? cas_epoll_wait(self.epoll, self.events, 0) : self.wait(timeout)
        self.isSleeping.store(false, ordering: .relaxed)
        self.now = now ?? cas_monotonic_nanoseconds()
        // A loop that slept had nothing left to do.
        self.wasLongTick = timeout == 0 && self.now &- start > Self.longTick
        if !self.deferred.isEmpty {
            let deferred = self.deferred
            self.deferred.removeAll(keepingCapacity: true)
            deferred.forEach { $0.resume() }
        }
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let event = self.events[index]
            if event.data == Self.wakeupToken {
                self.wakeup.clear()
            } else if let handler = self.registrations.handler(for: event.data) {
                if event.events & UInt32(CAS_READABLE) != 0 {
                    let isFirst = self.registrations.mark(event.data, with: self.gather.windowNumber)
                    self.gather.noteRead(isFirstInWindow: isFirst)
                }
                handler.handle(events: event.events)
            }
        }
    }

    private func wait(_ timeout: Int32) -> Int32 {
        self.spin.received(datagrams: self.datagramCount)
        self.datagramCount = 0
        var start = cas_monotonic_nanoseconds()
        self.gather.noteWait(at: start, after: start &- self.waitEnd)
        let isGathering = self.gather.pause > 0
        if isGathering { start = self.pause(since: start) }
        var end = start
        var count: Int32 = 0
        if !isGathering, self.spin.shouldSpin(at: start) {
            repeat {
                // Others who want this core have work to do.
                sched_yield()
                count = cas_epoll_wait(self.epoll, self.events, 0)
                end = cas_monotonic_nanoseconds()
            } while count == 0 && end - start < SpinPolicy.limit
            self.pollTime += end - start
            self.spin.spun(end - start, found: count > 0)
        }
        if count == 0 {
            count = cas_epoll_wait(self.epoll, self.events, timeout)
            end = cas_monotonic_nanoseconds()
        }
        if isGathering || end - start > Self.shortestSleep { self.gather.noteSleep() }
        self.spin.waited(end - start, events: Int(count))
        self.waitEnd = end
        return count
    }

    /// Lets input gather. Returns the time.
    private func pause(since start: UInt64) -> UInt64 {
        cas_pause(self.gather.pause)
        let end = cas_monotonic_nanoseconds()
        self.gatherTime += end - start
        return end
    }

    /// A wait that takes longer than this, in nanoseconds, was sleep.
    private static let shortestSleep: UInt64 = 4_000

    private func takeInbox() {
        self.inbox.withLock { inbox in
            guard !inbox.isEmpty else { return }
            if self.jobs.isEmpty {
                swap(&self.jobs, &inbox)
            } else {
                self.jobs.append(contentsOf: inbox)
                inbox.removeAll(keepingCapacity: true)
            }
        }
    }

    /// Runs the jobs that are there and those that they add, up to a limit, so that sockets have a turn too.
    ///
    /// - Returns: Whether there was a job that doesn't have to wait for its turn.
    private func runJobs() -> Bool {
        let serial = self.asUnownedSerialExecutor()
        let task = self.asUnownedTaskExecutor()
        var next = 0
        var turnCount = 0
        while next < self.jobs.count, next < Self.jobsPerTick {
            switch self.jobs[next] {
            case .job(let job): job.runSynchronously(isolatedTo: serial, taskExecutor: task)
            case .handler(let handler): handler.handleMail()
            case .turn(let job, let executor):
                self.turns.append(.job(job, executor))
                turnCount += 1
            }
            next += 1
        }
        self.jobs.removeFirst(next)
        return next > turnCount
    }

    private static let jobsPerTick = 4096
    /// The time from which on a tick is long, in nanoseconds.
    private static let longTick: UInt64 = 2_000_000
    /// The time that those who wait in line may take in a tick before others have a turn, in nanoseconds.
    private static let lineSlice: UInt64 = 1_000_000
    /// The number of them that may continue in a tick: their work may take its time elsewhere.
    private static let linePerTick = 16

    /// Lets those continue who waited in line when the tick began, `count` in all, as far as the slice allows.
    private func serveLine(_ count: Int) {
        let end = cas_monotonic_nanoseconds() + Self.lineSlice
        var count = min(count, Self.linePerTick)
        repeat {
            self.line.popFirst()?.resume()
            _ = self.runJobs()
            count -= 1
        } while count > 0 && cas_monotonic_nanoseconds() < end
    }

    /// Takes turns, as far as the budget allows.
    ///
    /// - Parameter isContended: Whether others had work in this tick.
    private func takeTurns(isContended: Bool) {
        let start = cas_monotonic_nanoseconds()
        let end = start + self.budget.allowance(now: start, isContended: isContended)
        var now = start
        let used = cas_thread_nanoseconds()
        while now < end, let turn = self.turns.popFirst() {
            switch turn {
            case .job(let job, let executor): job.runSynchronously(on: executor.asUnownedTaskExecutor())
            case .handler(let handler): handler.takeTurn()
            }
            now = cas_monotonic_nanoseconds()
        }
        self.turnTime += now - start
        self.budget.spend(now - start, isContended: isContended)
        self.budget.note(now - start, used: cas_thread_nanoseconds() - used, now: now)
        self.delayedTurnCount += UInt64(self.turns.delayAll())
    }

    /// - Returns: Whether there was something to do.
    private func endTick() -> Bool {
        let hasWork = !self.tickEndHandlers.isEmpty
        var next = 0
        while next < self.tickEndHandlers.count {
            self.tickEndHandlers[next].tickEnded()
            next += 1
        }
        self.tickEndHandlers.removeAll(keepingCapacity: true)
        return hasWork
    }
}

// MARK: Executor

extension IOLoop: SerialExecutor, TaskExecutor {
    public func enqueue(_ job: consuming ExecutorJob) {
        self.enqueue(UnownedJob(job))
    }

    public func enqueue(_ job: UnownedJob) {
        guard !self.isCurrent else {
            self.jobs.append(.job(job))
            return
        }
        self.postJob(.job(job))
    }

    /// Runs `job` on the loop in a turn of its own.
    func enqueue(_ job: UnownedJob, by executor: BudgetedExecutor) {
        guard !self.isCurrent else {
            self.turns.append(.job(job, executor))
            return
        }
        self.postJob(.turn(job, executor))
    }

    /// Leaves a job for the loop's thread. An executor is an unowned reference, and the job may be all that holds the
    /// loop: as soon as it is in the inbox, it may run to its end. The thread waits for the count.
    private func postJob(_ work: Work) {
        self.enqueuing.add(1, ordering: .acquiring)
        self.post(work)
        self.enqueuing.subtract(1, ordering: .releasing)
    }

    /// Calls `handler` on the loop, after everything that was enqueued before.
    public func notify(_ handler: any MailHandler) {
        if self.isCurrent {
            self.jobs.append(.handler(handler))
        } else {
            self.post(.handler(handler))
        }
    }

    /// Leaves `work` for the loop's thread.
    private func post(_ work: Work) {
        self.inbox.withLock { $0.append(work) }
        if self.isSleeping.exchange(false, ordering: .sequentiallyConsistent) { self.wake() }
    }

    private func wake() {
        // Only a weak or unowned reference leads here. Otherwise the work would wait forever.
        precondition(
            !self.hasEnded.load(ordering: .relaxed),
            "event loop \(self.index) has ended because nothing referenced it"
        )
        self.wakeup.signal()
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
    public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    public func checkIsolated() {
        precondition(self.isCurrent, "not on event loop \(self.index)")
    }

    public func isIsolatingCurrentContext() -> Bool? { self.isCurrent }
}
