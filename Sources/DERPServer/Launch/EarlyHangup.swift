import Glibc
import Synchronization

/// SIGHUP before the server handles it. It must not end the process, and what it asks for must not be forgotten.
///
/// Blocking it isn't enough: the first thread unblocks all signals as soon as it is idle.
enum EarlyHangup {
    private static let hasCome = Atomic(false)
    private static let wasIgnored = Atomic(false)

    /// Notes each SIGHUP until another handler is set.
    static func catchIt() {
        // Initialized before the handler needs it, because a signal handler can't do that.
        Self.hasCome.store(false, ordering: .relaxed)
        let previous = signal(SIGHUP) { _ in EarlyHangup.hasCome.store(true, ordering: .relaxed) }
        let isIgnored = unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        Self.wasIgnored.store(isIgnored, ordering: .relaxed)
    }

    /// Whether one has come since the last call. Call it once another handler is set.
    static func take() -> Bool { Self.hasCome.exchange(false, ordering: .relaxed) }

    /// Lets SIGHUP end a command, unless it was ignored when the process started. Ends it now if one has come.
    static func letGo() {
        if Self.wasIgnored.load(ordering: .relaxed) {
            signal(SIGHUP, SIG_IGN)
        } else {
            signal(SIGHUP, SIG_DFL)
            if Self.take() { raise(SIGHUP) }
        }
    }
}
