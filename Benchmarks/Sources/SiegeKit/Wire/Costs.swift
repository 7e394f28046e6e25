import Synchronization

/// What an attack has cost its attacker by now, and what it saw. Counted over all threads.
public final class Costs: Sendable {
    private let bytes = Atomic<UInt64>(0)
    private let connections = Atomic<UInt64>(0)
    private let notes = Mutex<[String]>([])
    private let failures = Mutex<[String: Int]>([:])

    init() {}

    func countSent(_ count: Int) { self.bytes.wrappingAdd(UInt64(max(count, 0)), ordering: .relaxed) }
    func countConnection() { self.connections.wrappingAdd(1, ordering: .relaxed) }

    /// Something worth a line in the report.
    func note(_ text: String) { self.notes.withLock { $0.append(text) } }

    /// Something that must not be, whatever the bystanders felt. It is told with how often it was.
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

    /// As the attacker's process hands it over.
    public struct Account: Codable, Hashable, Sendable {
        /// Sent to the server, without TCP's and IP's headers.
        public var bytes: UInt64 = 0
        public var connections: UInt64 = 0
        public var notes: [String] = []
        public var failures: [String] = []
    }
}
