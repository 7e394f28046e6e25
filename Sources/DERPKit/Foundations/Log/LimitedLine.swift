import AsyncSockets
import Logging

/// Logs lines of one kind that others can cause as often as they like: ten at once, and then one every ten seconds.
///
/// Lines that are left out are counted, and `left_out` in the next line says how many there were. The very last line is
/// logged too, late. So lines and counts add up, and the last line shows the current state. At debug, all lines are
/// logged.
final class LimitedLine: Sendable {
    private struct Line {
        let level: Logger.Level
        let message: Logger.Message
        let metadata: @Sendable () -> Logger.Metadata
    }

    private struct State {
        var limiter: EventLimiter
        /// The last line that was left out; `nil` if none was left out since a line was logged.
        var last: Line?
        /// The number of lines that were left out before that.
        var leftOut = 0
        /// Whether a task waits to log ``last``.
        var isAwaited = false

        /// The number of lines that were left out, which is about to be logged.
        mutating func takeCount() -> Int {
            defer {
                self.leftOut = 0
                self.last = nil
            }
            return self.leftOut + (self.last == nil ? 0 : 1)
        }

        /// The last line that was left out, to be logged now.
        mutating func takeLast() -> Line? {
            defer { self.last = nil }
            return self.last
        }
    }

    private let logger: Logger
    private let interval: Duration
    private let start = ContinuousClock.now
    private let state: Lock<State>

    /// - Parameters:
    ///   - burst: The number of lines at once, 1 or more.
    ///   - interval: The time for each further line.
    init(_ logger: Logger, burst: UInt64 = 10, interval: Duration = .seconds(10)) {
        self.logger = logger
        self.interval = interval
        self.state = Lock(State(limiter: EventLimiter(burst: burst, interval: interval.nanoseconds)))
    }

    /// Logs a line, or counts it.
    ///
    /// - Parameter metadata: Evaluated only for lines that are logged.
    func log(
        _ level: Logger.Level,
        _ message: Logger.Message,
        metadata: @escaping @Sendable @autoclosure () -> Logger.Metadata
    ) {
        guard level >= self.logger.logLevel else { return }
        let line = Line(level: level, message: message, metadata: metadata)
        let saysAll = self.logger.logLevel <= .debug
        let now = self.now
        let (leftOut, mustWait) = self.state.withLock { state -> (Int?, Bool) in
            if state.limiter.take(now: now) { return (state.takeCount(), false) }
            guard !saysAll else { return (nil, false) }
            if state.last != nil { state.leftOut += 1 }
            state.last = line
            defer { state.isAwaited = true }
            return (nil, !state.isAwaited)
        }
        if let leftOut {
            self.say(line, leftOut)
        } else if saysAll {
            self.logger.debug(message, metadata: metadata())
        }
        // One task at a time, which holds this object until it has logged the line.
        if mustWait { Task { await self.sayLast() } }
    }

    /// Logs now what would be logged later, because nobody will be there then.
    func flush() {
        let (line, leftOut) = self.state.withLock { ($0.takeLast(), $0.takeCount()) }
        if let line { self.say(line, leftOut) }
    }

    private var now: UInt64 { (ContinuousClock.now - self.start).nanoseconds }

    private func sayLast() async {
        while true {
            try? await Task.sleep(for: self.interval)
            let now = self.now
            let (line, leftOut, isDone) = self.state.withLock { state -> (Line?, Int, Bool) in
                guard state.last != nil else {
                    state.isAwaited = false
                    return (nil, 0, true)
                }
                guard state.limiter.take(now: now) else { return (nil, 0, false) }
                state.isAwaited = false
                return (state.takeLast(), state.takeCount(), true)
            }
            if let line { self.say(line, leftOut) }
            if isDone { return }
        }
    }

    private func say(_ line: Line, _ leftOut: Int) {
        var metadata = line.metadata()
        if leftOut > 0 { metadata["left_out"] = "\(leftOut)" }
        self.logger.log(level: line.level, line.message, metadata: metadata)
    }
}
