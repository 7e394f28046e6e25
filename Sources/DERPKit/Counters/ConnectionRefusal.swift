/// Which limit kept a connection out.
enum ConnectionRefusal: Int, CaseIterable, Error, Sendable {
    /// Connections came faster than they may.
    case acceptRate
    /// There were as many from the same address as there may be.
    case address
    /// There were as many that had not logged in as there may be.
    case pending
    /// What such connections had sent took as much memory as it may.
    case pendingMemory
    /// There were as many clients as there may be.
    case clients
    /// The process had as many files open as it may.
    case files
    /// The process, its container or the machine had too little memory left.
    case memory

    /// The label's value in the metrics.
    var label: String {
        switch self {
        case .acceptRate: "accept_rate"
        case .address: "address"
        case .pending: "pending"
        case .pendingMemory: "pending_memory"
        case .clients: "clients"
        case .files: "files"
        case .memory: "memory"
        }
    }
}
