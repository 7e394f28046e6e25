import Glibc
import Synchronization

/// Text on its way to a file descriptor, which a thread of its own writes: nobody who has something to say waits for
/// somebody who doesn't read.
///
/// It holds a bounded number of bytes. What doesn't fit is lost, newest first, and counted: where it would have stood, a
/// line says how many lines are missing.
final class OutputQueue: TextOutputStream, Sendable {
    private struct State {
        var waiting: [UInt8] = []
        /// Lines that came after ``waiting`` and did not fit.
        var lostLines = 0
        var hasThread = false
        /// Whether the thread holds bytes that it has not written yet.
        var isWriting = false
    }

    private let descriptor: Int32
    private let capacity: Int
    private let describeLoss: @Sendable (Int) -> String
    private let state = Mutex(State())
    private let wakeUp = WakeUp()

    /// - Parameters:
    ///   - descriptor: is the caller's, and stays open for as long as the process lives.
    ///   - capacity: how many bytes may wait. As many again may be with the thread.
    ///   - describeLoss: the line, with its end, that stands for so many lost ones.
    init(_ descriptor: Int32, capacity: Int = 1 << 19, describeLoss: @escaping @Sendable (Int) -> String) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.describeLoss = describeLoss
    }

    /// Takes `text`, which should be whole lines, and returns at once.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return }
        let (isFirst, startsThread) = self.state.withLock { state in
            // After a lost line everything is lost until the thread has come: so the gap is one, and in its place.
            let hasGap = state.lostLines > 0 && !state.waiting.isEmpty
            guard !hasGap, state.waiting.count + bytes.count <= self.capacity else {
                state.lostLines += Self.lineCount(bytes)
                return (false, false)
            }
            let isFirst = state.waiting.isEmpty
            state.waiting += bytes
            let startsThread = !state.hasThread
            state.hasThread = true
            return (isFirst, startsThread)
        }
        if startsThread { self.startThread() }
        if isFirst || startsThread { self.wakeUp.post() }
    }

    /// Waits until everything is written, but no longer than `limit`. Blocks the thread: for the end of the process.
    ///
    /// - Returns: whether everything is.
    @discardableResult
    func flush(within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while true {
            let isDone = self.state.withLock { $0.waiting.isEmpty && !$0.isWriting }
            if isDone || .now >= deadline { return isDone }
            usleep(1000)
        }
    }

    private static func lineCount(_ bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    }
}

// MARK: The thread

extension OutputQueue {
    private func startThread() {
        var thread = pthread_t()
        // It lives as long as the process, and so does what it writes from.
        let argument = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<OutputQueue>.fromOpaque(argument).takeUnretainedValue().work()
                return nil
            },
            argument.toOpaque()
        )
        guard result == 0 else {
            argument.release()
            // The next line tries again.
            return self.state.withLock { $0.hasThread = false }
        }
        pthread_detach(thread)
    }

    private func work() {
        // Signals are for those who wait for them.
        var all = sigset_t()
        sigfillset(&all)
        for signal in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP] { sigdelset(&all, signal) }
        pthread_sigmask(SIG_SETMASK, &all, nil)
        while true {
            self.wakeUp.wait()
            while let bytes = self.take() {
                let unwritten = Self.write(bytes, to: self.descriptor)
                self.state.withLock { state in
                    state.isWriting = false
                    state.lostLines += Self.lineCount(unwritten)
                }
            }
        }
    }

    /// What waits, and behind it a line about what did not fit; `nil` when there is neither.
    private func take() -> [UInt8]? {
        let (bytes, lostLines) = self.state.withLock { state in
            // Alone, a loss waits for the next line: nothing can be written just now, because the disk is full, say.
            guard !state.waiting.isEmpty else { return ([UInt8](), 0) }
            defer {
                state.waiting = []
                state.lostLines = 0
                state.isWriting = true
            }
            return (state.waiting, state.lostLines)
        }
        guard !bytes.isEmpty else { return nil }
        return lostLines == 0 ? bytes : bytes + Array(self.describeLoss(lostLines).utf8)
    }

    /// Writes `bytes`, however long it takes.
    ///
    /// - Returns: those that can't be written.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> ArraySlice<UInt8> {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Somebody who shares the descriptor has made it non-blocking.
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            default: return rest
            }
        }
        return rest
    }
}
