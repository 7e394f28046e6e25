import HTTPTypes

extension HTTPFields {
    /// The elements of a comma-separated field (RFC 9110 §5.6.1), over all its lines, without the empty ones.
    func list(_ name: HTTPField.Name) -> [Substring] {
        guard let value = self[name] else { return [] }
        return value.split(separator: ",").compactMap { element in
            let start = element.drop { $0 == " " || $0 == "\t" }
            guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
            return start[...last]
        }
    }

    /// Whether a comma-separated field holds `token`, which is lower-case, in any case.
    func lists(_ token: String, in name: HTTPField.Name) -> Bool {
        self.list(name).contains { $0.lowercased() == token }
    }
}
