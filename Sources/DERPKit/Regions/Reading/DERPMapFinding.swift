/// A finding about a map's source.
public struct DERPMapFinding: Hashable, Sendable {
    /// The severity of a finding.
    public enum Severity: String, Hashable, Sendable {
        /// The source is still used.
        case warning
        /// The source can't be used.
        case error
    }

    /// How bad it is: a source with an ``Severity/error`` can't be used.
    public let severity: Severity
    /// The line, from 1 on.
    public let line: Int
    /// One line for a person. Quotes from the source are short and printable.
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
