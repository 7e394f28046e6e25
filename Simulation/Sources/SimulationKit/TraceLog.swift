import CSimulatedSystem
import Logging
import Synchronization

/// What the relays log, and the errors with which they ended.
final class TraceLog: Sendable {
    private let failures = Mutex<[(relay: Int, error: String)]>([])
    let isLoud: Bool

    init(isLoud: Bool) { self.isLoud = isLoud }

    func add(_ line: @autoclosure () -> String) {
        guard self.isLoud else { return }
        print("\(csim_now() / 1_000_000) ms: \(line())")
    }

    func failed(relay: Int, _ error: any Error) {
        self.failures.withLock { $0.append((relay, "\(error)")) }
    }

    func takeFailures() -> [(relay: Int, error: String)] {
        self.failures.withLock { failures in
            defer { failures = [] }
            return failures
        }
    }
}

struct LogHandlerOfRelay: LogHandler {
    let index: Int
    let log: TraceLog
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    init(index: Int, log: TraceLog) {
        self.index = index
        self.log = log
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        self.log.add("relay \(self.index): \(event.message) \(event.metadata ?? [:])")
    }
}
