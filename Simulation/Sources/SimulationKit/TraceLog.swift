import CSimulatedSystem
import Logging
import Synchronization

/// What the relays log, and what happens to their processes.
final class TraceLog: Sendable {
    /// What happened to a relay's process.
    enum News {
        case serves(relay: Int, process: UInt32)
        /// With the error that ended it.
        case ended(relay: Int, process: UInt32, String?)
    }

    private let news = Mutex<[News]>([])
    let isLoud: Bool

    init(isLoud: Bool) { self.isLoud = isLoud }

    func add(_ line: String) {
        // Whether anybody listens must not change what is allocated, and so where.
        var text = "\(csim_now() / 1_000_000) ms: \(line)\n"
        text.withUTF8 { if self.isLoud { csim_say($0.baseAddress, $0.count) } }
    }

    func note(_ event: News) {
        self.news.withLock { $0.append(event) }
    }

    func takeNews() -> [News] {
        self.news.withLock { news in
            defer { news = [] }
            return news
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
