import AsyncSockets
import Glibc

/// A progress line on standard error, if that is a terminal.
final class ProgressLine: Sendable {
    private let isShown: Bool
    private let hasText = Lock(false)

    init(isWanted: Bool = true) {
        self.isShown = isWanted && isatty(STDERR_FILENO) == 1
    }

    func show(_ text: String) {
        guard self.isShown else { return }
        self.hasText.withLock { hasText in
            hasText = true
            Self.write("\r\u{1b}[K\(text.prefix(78))")
        }
    }

    /// Removes it.
    func clear() {
        self.hasText.withLock { hasText in
            if hasText { Self.write("\r\u{1b}[K") }
            hasText = false
        }
    }

    private static func write(_ text: String) {
        // A terminal may be stopped, with Ctrl-S.
        OutputQueue.standardError.write(text)
    }
}
