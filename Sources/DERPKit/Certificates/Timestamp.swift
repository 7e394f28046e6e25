import FoundationEssentials

/// A time for people.
enum Timestamp {
    /// Returns `seconds` since 1970 as ISO 8601 in UTC, such as `2030-01-31T12:00:00Z`.
    static func text(_ seconds: Int) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
