import Glibc

/// The descriptors that connections leave to the rest of the process, which must work however many connections there
/// are. Swift's runtime aborts when its thread manager can't open a file of `/proc`, and the process reads lists of
/// keys and certificates and writes logs.
///
/// The kernel assigns the lowest free number, so a high number means that all lower ones are in use.
enum DescriptorReserve {
    /// Who opens a descriptor, which decides how many are left to others.
    enum Holder {
        /// Incoming connections.
        case incoming
        /// Incoming connections from an address without another one, which isn't to suffer from those that have many.
        case newcomer
        /// Outgoing connections, such as to controllers. Incoming connections leave some descriptors for them.
        case outgoing
    }

    /// Returns whether `descriptor`, which was just opened for `holder`, is one of those that are kept back.
    static func holds(_ descriptor: Int32, from holder: Holder) -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
        let kept = min(limit.rlim_cur / 8, 16)
        let left =
            switch holder {
            case .incoming: kept
            case .newcomer: kept - kept / 4
            case .outgoing: kept / 2
            }
        return UInt64(descriptor) >= limit.rlim_cur - left
    }
}
