import Glibc

/// What can go wrong while a test talks to a server.
enum KitError: Error, CustomStringConvertible {
    /// The deadline passed first.
    case timedOut(String)
    /// The other side closed the connection, in order or by a reset.
    case closed(String)
    /// The other side said something that the protocol does not allow.
    case unexpected(String)
    /// A system call failed with this `errno`.
    case system(String, Int32)
    /// The machine lacks something that the test needs.
    case missing(String)

    var description: String {
        switch self {
        case .timedOut(let what): "timed out: \(what)"
        case .closed(let what): "closed by the other side: \(what)"
        case .unexpected(let what): "unexpected: \(what)"
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .missing(let what): what
        }
    }

    /// The error for a system call that has just failed.
    static func lastSystemError(_ call: String) -> KitError { .system(call, errno) }
}
