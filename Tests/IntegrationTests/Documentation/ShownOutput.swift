/// What a page shows of a program's output, in which `…` stands for anything, within a line or as one for lines.
struct ShownOutput {
    private let parts: [Substring]

    init(_ text: String) {
        self.parts = text.split(separator: "…", omittingEmptySubsequences: false)
    }

    func matches(_ output: String) -> Bool {
        var rest = output.trimmed[...]
        guard let first = self.parts.first, let last = self.parts.last, rest.hasPrefix(first) else { return false }
        guard self.parts.count > 1 else { return rest == first }
        rest = rest.dropFirst(first.count)
        for part in self.parts.dropFirst().dropLast() {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isNewline == true { text = text.dropLast() }
        return String(text)
    }
}
