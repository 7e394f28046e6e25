import CAsyncSockets
import Glibc
import IPAddresses

/// Looks up the addresses of names. The system's `getaddrinfo` blocks for as long as it likes, so it runs on threads of
/// its own, which live while there is something to look up: at most 4, unless the resolver is made for more.
///
/// Tasks that ask for one name at the same time share a look-up. They wait for the answer that is on its way, and it
/// isn't reused later, because the system doesn't say how long an answer holds. At most 64 names wait for a thread, and
/// 4,096 tasks for names.
package final class HostResolver: Sendable {
    /// The resolver for everybody without a reason for another one, so that its limits apply to the process.
    package static let shared = HostResolver()

    typealias Answer = Result<[IPAddress], SocketError>
    typealias Waiter = SingleAnswer<Answer>

    /// A name that is being looked up.
    private struct Lookup {
        let name: String
        /// The time at which the system was asked; `nil` while the name waits for a thread.
        var start: ContinuousClock.Instant?
        var waiters: [ObjectIdentifier: Waiter] = [:]
    }

    private struct State {
        var threads = 0
        /// By the bytes of names: text that is only equivalent is another name.
        var lookups: [[UInt8]: Lookup] = [:]
        /// The names that wait for a thread, the oldest first.
        var line: [[UInt8]] = []
        var waiterCount = 0
    }

    private static let lineLimit = 64
    private static let waiterLimit = 4096
    /// The number of addresses of a name that are used.
    static let addressLimit = 8

    /// Asks the system, and blocks.
    package typealias Question = @Sendable (_ name: String) -> Result<[IPAddress], SocketError>

    private let threadLimit: Int
    private let ask: Question
    private let state = Lock(State())

    /// - Parameter ask: Called on the threads.
    package init(threadLimit: Int = 4, ask: @escaping Question = { SystemLookup.addresses(of: $0) }) {
        self.threadLimit = threadLimit
        self.ask = ask
    }

    /// Returns the addresses of `name`, in the system's order of preference. An IP literal is its own address.
    ///
    /// Returns at once when the task is cancelled. Other tasks continue to wait for the name, and a look-up by the
    /// system stays on its thread until the system answers.
    ///
    /// - Throws: ``SocketError``: `notFound` if the name has none; `exhausted` if too many names wait, or this machine has
    ///   run out of threads, files or memory; `cancelled`.
    package func lookUp(_ name: String) async throws(SocketError) -> [IPAddress] {
        if let literal = IPAddress(name) { return [literal] }
        let waiter = Waiter()
        return try await withTaskCancellationHandler {
            self.enqueue(waiter, for: name)
            return await waiter.value()
        } onCancel: {
            waiter.give(.failure(SocketError(.cancelled, "the look-up of \(name) was given up")))
            self.forget(waiter, of: name)
        }.get()
    }

    /// Returns how long, since `instant`, `name` has waited for a thread, and how long for the system's answer.
    func waits(for name: String, since instant: ContinuousClock.Instant) -> (here: Duration, there: Duration) {
        let now = ContinuousClock.now
        let start = self.state.withLock { $0.lookups[Array(name.utf8)]?.start }
        let asked = min(max(start ?? now, instant), now)
        return (asked - instant, now - asked)
    }

    /// Returns how many tasks wait for `name`.
    func waiterCount(of name: String) -> Int {
        self.state.withLock { $0.lookups[Array(name.utf8)]?.waiters.count ?? 0 }
    }

    private func enqueue(_ waiter: Waiter, for name: String) {
        enum Decision { case wait, start, refuse }
        let key = Array(name.utf8)
        let decision: Decision = self.state.withLock { state in
            // A task that was cancelled before doesn't wait.
            guard !waiter.isGiven else { return .wait }
            guard state.waiterCount < Self.waiterLimit else { return .refuse }
            let isNew = state.lookups[key] == nil
            let hasThread = state.threads < self.threadLimit
            guard !isNew || hasThread || state.line.count < Self.lineLimit else { return .refuse }
            state.waiterCount += 1
            state.lookups[key, default: Lookup(name: name)].waiters[ObjectIdentifier(waiter)] = waiter
            guard isNew else { return .wait }
            state.line.append(key)
            guard hasThread else { return .wait }
            state.threads += 1
            return .start
        }
        switch decision {
        case .wait: break
        case .refuse: waiter.give(.failure(SocketError(.exhausted, "too many names are being looked up")))
        case .start: self.startThread()
        }
    }

    /// A name for which nobody waits any more isn't looked up.
    private func forget(_ waiter: Waiter, of name: String) {
        let key = Array(name.utf8)
        self.state.withLock { state in
            guard state.lookups[key]?.waiters.removeValue(forKey: ObjectIdentifier(waiter)) != nil else { return }
            state.waiterCount -= 1
            guard let lookup = state.lookups[key], lookup.start == nil, lookup.waiters.isEmpty else { return }
            state.lookups[key] = nil
            state.line.removeAll { $0 == key }
        }
    }

    private func startThread() {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<HostResolver>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            },
            argument.toOpaque()
        )
        guard result == 0 else {
            argument.release()
            let orphans = self.state.withLock { state -> [Waiter] in
                state.threads -= 1
                // Another thread will process them, if there is one.
                guard state.threads == 0 else { return [] }
                let orphans = state.line.flatMap { key in
                    state.lookups.removeValue(forKey: key).map { Array($0.waiters.values) } ?? []
                }
                state.line = []
                state.waiterCount -= orphans.count
                return orphans
            }
            for waiter in orphans {
                waiter.give(.failure(SocketError(.exhausted, "no thread can be started to look up names")))
            }
            return
        }
        pthread_detach(thread)
    }

    private func work() {
        // Signals belong to the threads of the program that embeds us.
        var all = sigset_t()
        sigfillset(&all)
        for signal in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP] { sigdelset(&all, signal) }
        pthread_sigmask(SIG_SETMASK, &all, nil)
        while let (key, name) = self.next() { self.finish(key, self.ask(name)) }
    }

    private func next() -> (key: [UInt8], name: String)? {
        self.state.withLock { state in
            while !state.line.isEmpty {
                let key = state.line.removeFirst()
                guard let name = state.lookups[key]?.name else { continue }
                state.lookups[key]?.start = .now
                return (key, name)
            }
            state.threads -= 1
            return nil
        }
    }

    private func finish(_ key: [UInt8], _ answer: Answer) {
        let waiters = self.state.withLock { state in
            let waiters = state.lookups.removeValue(forKey: key)?.waiters ?? [:]
            state.waiterCount -= waiters.count
            return waiters
        }
        for waiter in waiters.values { waiter.give(answer) }
    }
}
