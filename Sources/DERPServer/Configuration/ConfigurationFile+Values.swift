import DERPKit

extension ConfigurationFile {
    func error(_ line: Int, _ message: String) -> UsageError { UsageError(message, at: .file(self.path, line: line)) }

    func unknown(_ member: SourceValue.Member, in section: String, nearest: String?) -> UsageError {
        let hint = nearest.map { ": did you mean \($0)?" } ?? ""
        return self.error(member.line, "\(section) has no key \(UsageError.quote(member.name))\(hint)")
    }

    /// A section's keys; none when it is empty.
    func members(of value: SourceValue, _ section: String) throws(UsageError) -> [SourceValue.Member] {
        switch value.content {
        case .null: return []
        case .object(let members): return members
        default: throw self.error(value.line, "\(section) is an object, not \(value.kind)")
        }
    }

    /// A section's keys by their names, which are all among `known`.
    func members(
        of value: SourceValue,
        _ section: String,
        known: [String]
    ) throws(UsageError) -> [String: SourceValue.Member] {
        var found = [String: SourceValue.Member]()
        for member in try self.members(of: value, section) {
            guard known.contains(member.name) else {
                throw self.unknown(member, in: section, nearest: Suggestion.nearest(to: member.name, among: known))
            }
            found[member.name] = member
        }
        return found
    }

    /// `nil` for a key without a value.
    func bool(_ member: SourceValue.Member?) throws(UsageError) -> Bool? {
        guard let member else { return nil }
        switch member.value.content {
        case .null: return nil
        case .bool(let isOn): return isOn
        default: throw self.error(member.line, "\(member.name) is true or false, not \(member.value.kind)")
        }
    }

    /// What a flag is given; `nil` for a key without a value.
    func setting(_ flag: Flag, _ member: SourceValue.Member) throws(UsageError) -> Setting? {
        let origin = SettingOrigin.file(self.path, line: member.line)
        switch flag.kind {
        case .boolean:
            guard let isOn = try self.bool(member) else { return nil }
            return try Setting(flag, "\(isOn)", from: origin)
        case .value:
            guard let text = try self.text(member.value, of: member) else { return nil }
            return try Setting(flag, text, from: origin)
        case .list:
            guard let values = try self.list(member) else { return nil }
            return try Setting(flag, values, from: origin)
        case .commas:
            guard let values = try self.list(member) else { return nil }
            return try Setting(flag, values.map(\.text).joined(separator: ","), from: origin)
        }
    }

    /// A list's values, or the one value that is there instead of a list.
    private func list(_ member: SourceValue.Member) throws(UsageError) -> [Setting.Value]? {
        guard case .list(let items) = member.value.content else {
            guard let text = try self.text(member.value, of: member) else { return nil }
            return [Setting.Value(text: text, origin: .file(self.path, line: member.line))]
        }
        var values = [Setting.Value]()
        for item in items {
            guard let text = try self.text(item, of: member) else {
                throw self.error(item.line, "an item of \(member.name) is empty")
            }
            values.append(Setting.Value(text: text, origin: .file(self.path, line: item.line)))
        }
        return values
    }

    private func text(_ value: SourceValue, of member: SourceValue.Member) throws(UsageError) -> String? {
        switch value.content {
        case .null: return nil
        case .text(let text), .number(let text): return text
        default: throw self.error(value.line, "\(member.name) is text, not \(value.kind)")
        }
    }
}
