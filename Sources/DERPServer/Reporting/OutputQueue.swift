import AsyncSockets
import Glibc

/// Text on its way to a file descriptor. A separate thread writes it, so that no writer waits for a slow reader.
///
/// It holds a bounded number of bytes. Text that doesn't fit is dropped, the newest first, and counted. A line in its
/// place says how many lines are missing.
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
    private let state = Lock(State())
    private let wakeUp = WakeUp()

    /// - Parameters:
    ///   - descriptor: Belongs to the caller, and stays open as long as the process runs.
    ///   - capacity: The most bytes that may wait. The thread may hold as many again.
    ///   - describeLoss: Makes the line, with its end, that stands for this many lost lines.
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
            // After a lost line, drop everything until the thread has caught up, so that there is one gap, in its
            // place.
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

    /// Waits until everything is written, at most `limit`. Blocks the thread, so it is only for the end of the process.
    ///
    /// - Returns: Whether everything is written.
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
        // The thread lives as long as the process, and so must the queue.
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
        // Other threads handle signals.
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

    /// What waits, followed by a line about what did not fit; `nil` if there is neither.
    private func take() -> [UInt8]? {
        let (bytes, lostLines) = self.state.withLock { state in
            // A loss alone waits for the next line: perhaps nothing can be written now, for example because the disk is
            // full.
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
    /// - Returns: The bytes that can't be written.
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
                // Another process that shares the descriptor has made it non-blocking.
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            default: return rest
            }
        }
        return rest
    }
}
