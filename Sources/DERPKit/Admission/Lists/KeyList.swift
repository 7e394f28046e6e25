/// Node keys from a text: one `nodekey:<64 hex>` per line. `#` begins a comment. White space and blank lines are
/// ignored.
struct KeyList: Hashable, Sendable {
    let keys: Set<NodePublicKey>

    /// Parses a list.
    ///
    /// - Throws: ``Problem`` with the number of the first line that is wrong.
    init(_ text: String) throws(Problem) {
        var keys = Set<NodePublicKey>()
        for (index, line) in text.utf8.split(separator: Self.lineFeed, omittingEmptySubsequences: false).enumerated() {
            let content = Self.trimmed(line.prefix { $0 != UInt8(ascii: "#") })
            guard !content.isEmpty else { continue }
            guard content.starts(with: Self.prefix), let key = NodePublicKey(text: content), !key.isZero else {
                throw Problem(line: index + 1)
            }
            keys.insert(key)
        }
        self.keys = keys
    }

    /// What is wrong with a list. It doesn't include the line, which may be a private key that got there by mistake.
    struct Problem: Error, Hashable, CustomStringConvertible {
        let line: Int

        var description: String { "line \(self.line): not nodekey: and 64 hexadecimal digits" }
    }

    private static let prefix = "nodekey:"
    private static let lineFeed = UInt8(ascii: "\n")

    private static func trimmed(_ line: Substring.UTF8View) -> Substring {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
        var line = line.drop(while: isSpace)
        while let last = line.last, isSpace(last) { line.removeLast() }
        return Substring(line)
    }
}
