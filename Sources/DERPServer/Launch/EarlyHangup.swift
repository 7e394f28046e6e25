import Glibc
import Synchronization

/// SIGHUP between the process's first moment and the one from which it is heeded: it must not end the process, whoever
/// sends it, and what it asks for must not be forgotten.
///
/// To block it is not enough: the first thread unblocks all signals as soon as it has nothing to do.
enum EarlyHangup {
    private static let hasCome = Atomic(false)
    private static let wasIgnored = Atomic(false)

    /// Notes that SIGHUP comes, until somebody else catches it.
    static func catchIt() {
        // Made before the handler needs them: that it could not do.
        Self.hasCome.store(false, ordering: .relaxed)
        let former = signal(SIGHUP) { _ in EarlyHangup.hasCome.store(true, ordering: .relaxed) }
        let isIgnored = unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        Self.wasIgnored.store(isIgnored, ordering: .relaxed)
    }

    /// Whether it came, and was not asked about since. To be asked once somebody else catches it.
    static func take() -> Bool { Self.hasCome.exchange(false, ordering: .relaxed) }

    /// For commands, which it may end, unless who started them has it ignored. It does so now if it has come.
    static func letGo() {
        if Self.wasIgnored.load(ordering: .relaxed) {
            signal(SIGHUP, SIG_IGN)
        } else {
            signal(SIGHUP, SIG_DFL)
            if Self.take() { raise(SIGHUP) }
        }
    }
}
