/// One result of a check.
public struct CheckFinding: Hashable, Sendable {
    /// The severity of a finding.
    public enum Severity: String, Hashable, Sendable, CaseIterable {
        /// Works as it should, or is worth knowing.
        case info
        /// Works, but not for all clients, or not for long.
        case warning
        /// Doesn't work.
        case error
    }

    /// The severity.
    public let severity: Severity
    /// The topic.
    public let topic: Topic
    /// One line for people, of at most 1,000 printable characters.
    public let message: String
    /// What to do about it, in one line; `nil` if there is nothing to do.
    public let hint: String?

    package init(_ severity: Severity, _ topic: Topic, _ message: String, hint: String? = nil) {
        self.severity = severity
        self.topic = topic
        self.message = Self.printable(message)
        self.hint = hint.map(Self.printable)
    }

    /// Returns a text without characters that move the cursor, and of limited length. Much of a finding comes from
    /// servers that are not trusted.
    static func printable(_ text: String) -> String {
        OutsideText.line(text, limit: 1000)
    }
}

extension [CheckFinding] {
    /// Returns the number of findings with this severity.
    package func count(of severity: CheckFinding.Severity) -> Int {
        self.count { $0.severity == severity }
    }

    mutating func info(_ topic: CheckFinding.Topic, _ message: String, hint: String? = nil) {
        self.append(CheckFinding(.info, topic, message, hint: hint))
    }

    mutating func warn(_ topic: CheckFinding.Topic, _ message: String, hint: String? = nil) {
        self.append(CheckFinding(.warning, topic, message, hint: hint))
    }

    mutating func fail(_ topic: CheckFinding.Topic, _ message: String, hint: String? = nil) {
        self.append(CheckFinding(.error, topic, message, hint: hint))
    }
}
