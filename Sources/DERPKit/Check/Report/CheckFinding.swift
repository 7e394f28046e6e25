/// One thing that a check has to say.
public struct CheckFinding: Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable, CaseIterable {
        /// As it should be, or worth knowing.
        case info
        /// Works, but not for everybody, or not for long.
        case warning
        /// Does not work.
        case error
    }

    /// How bad it is.
    public let severity: Severity
    /// What it is about.
    public let topic: Topic
    /// One line for a person, of at most 1,000 characters, each of which can be seen.
    public let message: String
    /// What to do about it, in one line; `nil` where nothing is to be done.
    public let hint: String?

    package init(_ severity: Severity, _ topic: Topic, _ message: String, hint: String? = nil) {
        self.severity = severity
        self.topic = topic
        self.message = Self.printable(message)
        self.hint = hint.map(Self.printable)
    }

    /// Much of a finding is a stranger's word: nothing of it may move the cursor, or fill the screen.
    static func printable(_ text: String) -> String {
        OutsideText.line(text, limit: 1000)
    }
}

extension [CheckFinding] {
    /// How many of them are that bad.
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
