import IPAddresses

extension DERPMapReader {
    /// Returns an object's members under their names in JSON. Reports other members and leaves them out.
    mutating func members(of value: SourceValue, _ what: String, known: [String]) -> [SourceValue.Member] {
        switch value.content {
        case .null: return []
        case .object(let members): return members.compactMap { self.known($0, among: known, in: what) }
        default:
            self.refuse(value.line, "\(what) is an object, not \(value.kind)")
            return []
        }
    }

    /// Returns the key `name` of the JSON as it is spelt in the source's form.
    func spelling(of name: String) -> String { self.form == .json ? name : name.lowercasedASCII }

    private mutating func known(
        _ member: SourceValue.Member,
        among names: [String],
        in what: String
    ) -> SourceValue.Member? {
        let lowercased = member.name.lowercasedASCII
        if let name = names.first(where: { $0.lowercasedASCII == lowercased }) {
            let expected = self.spelling(of: name)
            if member.name != expected {
                let message = "the key \(SourceText.quote(member.name)) is spelt \(expected)"
                // The reference reads JSON in any case. headscale silently ignores names that aren't in lower case.
                if self.form == .json { self.warn(member.line, message) } else { self.refuse(member.line, message) }
            }
            return SourceValue.Member(name: name, line: member.line, value: member.value)
        }
        let quoted = SourceText.quote(member.name)
        guard let nearest = Suggestion.nearest(to: lowercased, among: names) else {
            self.warn(member.line, "\(what) has no key \(quoted): it is ignored")
            return nil
        }
        let name = self.spelling(of: nearest)
        let message = "\(what) has no key \(quoted): did you mean \(name)?"
        // Maps in JSON come from programs, and newer ones know more. YAML is written by hand.
        if self.form == .json { self.warn(member.line, message) } else { self.refuse(member.line, message) }
        return nil
    }

    /// Returns a text of at most 1024 bytes. It is empty for `null` and for a value that isn't text.
    mutating func text(_ member: SourceValue.Member) -> String {
        let text: String
        switch member.value.content {
        case .null: return ""
        case .text(let content): text = content
        case .number(let content) where self.form == .yaml: text = content
        case .bool(let content) where self.form == .yaml: text = "\(content)"
        default:
            self.refuse(member.line, "\(self.spelling(of: member.name)) is text, not \(member.value.kind)")
            return ""
        }
        guard text.utf8.count <= DERPMapLimits.text else {
            self.refuse(member.line, "\(self.spelling(of: member.name)) is longer than \(DERPMapLimits.text) bytes")
            return ""
        }
        return text
    }

    /// Returns `nil` for `null` and for a value of another type.
    mutating func bool(_ member: SourceValue.Member) -> Bool? {
        switch member.value.content {
        case .null: return nil
        case .bool(let isOn): return isOn
        default:
            self.refuse(member.line, "\(self.spelling(of: member.name)) is true or false, not \(member.value.kind)")
            return nil
        }
    }

    /// Returns `nil` for `null` and for a value of another type.
    mutating func integer(_ member: SourceValue.Member, in range: ClosedRange<Int>) -> Int? {
        switch member.value.content {
        case .null: return nil
        case .number(let text):
            guard let number = Int(text), range.contains(number) else { break }
            return number
        default: break
        }
        let shown =
            range.upperBound > 65535
            ? "a whole number from \(range.lowerBound) to 2^53-1" : "in \(range.lowerBound)…\(range.upperBound)"
        self.refuse(member.line, "\(self.spelling(of: member.name)) is not \(shown)")
        return nil
    }

    /// Returns `nil` for `null` and for a value of another type.
    mutating func number(_ value: SourceValue) -> Double? {
        switch value.content {
        case .null: return nil
        case .number(let text):
            guard let number = Double(text), number.isFinite else { break }
            return number
        default: break
        }
        self.refuse(value.line, "this is a number, not \(value.kind)")
        return nil
    }
}
