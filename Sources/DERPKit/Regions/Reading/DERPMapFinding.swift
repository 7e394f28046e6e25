/// Something about a map's source that somebody should know.
public struct DERPMapFinding: Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable {
        /// Nothing is wrong, but it may not be what was meant.
        case info
        /// The source is used all the same.
        case warning
        /// The source can't be used.
        case error
    }

    public let severity: Severity
    /// Where it is, from 1 on.
    public let line: Int
    /// One line for a person. What is quoted from the source is short and printable.
    public let message: String

    init(_ severity: Severity, line: Int, _ message: String) {
        self.severity = severity
        self.line = line
        self.message = message
    }
}

extension DERPMapFinding: CustomStringConvertible {
    /// `line 3: error: …`
    public var description: String { "line \(self.line): \(self.severity.rawValue): \(self.message)" }
}
