/// A limit that keeps connections out. More limits may be added in later versions.
public struct ConnectionLimit: Hashable, Sendable {
    private let limit: ConnectionRefusal

    init(_ limit: ConnectionRefusal) { self.limit = limit }

    /// How fast connections may come.
    public static let acceptRate = Self(.acceptRate)
    /// How many may be from one address.
    public static let address = Self(.address)
    /// How many may not have logged in yet.
    public static let pending = Self(.pending)
    /// How much memory may hold what those have sent.
    public static let pendingMemory = Self(.pendingMemory)
    /// How many clients there may be.
    public static let clients = Self(.clients)
    /// How many files the process may have open.
    public static let files = Self(.files)
    /// How much memory the process, its container or the machine has.
    public static let memory = Self(.memory)
}

extension ConnectionLimit: CustomStringConvertible {
    /// The label's value in the metrics, such as `accept_rate`.
    public var description: String { self.limit.label }
}
