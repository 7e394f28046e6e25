import Synchronization

/// The costs of an attack for its attacker so far, and its observations. Counted over all threads.
public final class Costs: Sendable {
    private let bytes = Atomic<UInt64>(0)
    private let connections = Atomic<UInt64>(0)
    private let notes = Mutex<[String]>([])
    private let failures = Mutex<[String: Int]>([:])

    init() {}

    func countSent(_ count: Int) { self.bytes.wrappingAdd(UInt64(max(count, 0)), ordering: .relaxed) }
    func countConnection() { self.connections.wrappingAdd(1, ordering: .relaxed) }

    /// Adds an observation to the report.
    func note(_ text: String) { self.notes.withLock { $0.append(text) } }

    /// Counts something that must not happen, whatever the bystanders measure. The report says how often it happened.
    func countFailure(_ text: String) { self.failures.withLock { $0[text, default: 0] += 1 } }

    /// The account, for the process that measures.
    var account: Account {
        let failures = self.failures.withLock { $0 }.sorted { $0.key < $1.key }
        return Account(
            bytes: self.bytes.load(ordering: .relaxed),
            connections: self.connections.load(ordering: .relaxed),
            notes: self.notes.withLock { $0 },
            failures: failures.map { "\($0.key) (\($0.value) times)" }
        )
    }

    /// The costs and observations, as the attacker's process sends them.
    public struct Account: Codable, Hashable, Sendable {
        /// The number of bytes sent to the server, without the headers of TCP and IP.
        public var bytes: UInt64 = 0
        public var connections: UInt64 = 0
        public var notes: [String] = []
        public var failures: [String] = []
    }
}
