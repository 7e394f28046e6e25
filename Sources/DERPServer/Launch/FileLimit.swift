import Glibc

/// The number of files, and so of clients, that the process may have open.
enum FileLimit {
    /// Raises the soft limit to the hard one, as Go programs do, if possible.
    static func raise() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }
}
