import Glibc

/// Descriptors that connections leave to the rest of the process, which must not be stopped by how many there are: Swift's runtime
/// aborts when its manager of threads can't open a file of `/proc`, and lists of keys, logs and certificates are read.
///
/// The kernel gives out the lowest number that is free: a high one says that all below are in use.
enum DescriptorReserve {
    /// Who may go how far.
    enum Holder {
        /// Connections that come.
        case incoming
        /// The same from who has no other, and isn't to suffer from those who have many.
        case newcomer
        /// Those that this end makes, to controllers say, and for which those that come leave some.
        case outgoing
    }

    /// Whether `descriptor`, which was just opened for `holder`, belongs to those that are kept back.
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
