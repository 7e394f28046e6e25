/// Which limit kept a connection out.
enum ConnectionRefusal: Int, CaseIterable, Error, Sendable {
    /// Connections came faster than they may.
    case acceptRate
    /// The address already had as many connections as it may have.
    case address
    /// There were already as many connections that had not logged in as there may be.
    case pending
    /// What such connections had sent took as much memory as it may.
    case pendingMemory
    /// There were already as many clients as there may be.
    case clients
    /// The process had as many open files as it may have.
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
