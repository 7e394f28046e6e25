import LoadKit

/// What a server's log says that it shouldn't.
struct ServerLog: Hashable, Sendable {
    /// How often each level and message was logged.
    private(set) var counts: [String: Int] = [:]
    /// The lines that must not be there.
    private(set) var unexpected: [String] = []

    /// Warnings that the soak causes on purpose, by the beginning of their message.
    private static let expectedWarnings = [
        // The mesh peer is killed, and starts at the same time as the relay.
        "Mesh link is down",
        // It has no lists.
        "Anybody who reaches this server may relay through it",
    ]

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let (level, message) = Self.parts(of: line) else {
                self.unexpected.append(String(line))
                continue
            }
            self.counts["\(level): \(message)", default: 0] += 1
            let isExpected =
                level == "info" || level == "notice"
                || level == "warning" && Self.expectedWarnings.contains { message.hasPrefix($0) }
            if !isExpected { self.unexpected.append(String(line)) }
        }
    }

    /// Returns the level and the message of a line such as `2026-11-27T10:00:00+0000 info DERPServer: a=b [DERPKit] Hm`.
    private static func parts(of line: Substring) -> (level: Substring, message: Substring)? {
        let words = line.split(separator: " ", maxSplits: 3)
        guard words.count == 4, words[0].contains("T"), words[2].hasSuffix(":") else { return nil }
        for module in ["DERPServer", "DERPKit", "AsyncSockets", "STUNKit"] {
            if let end = line.firstRange(of: "[\(module)] ")?.upperBound { return (words[1], line[end...]) }
        }
        return nil
    }

    static func += (left: inout Self, right: Self) {
        left.counts.merge(right.counts, uniquingKeysWith: +)
        left.unexpected += right.unexpected
    }
}
