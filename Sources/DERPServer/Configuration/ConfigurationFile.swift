import DERPKit

/// A configuration file in YAML: a section `derp:` as headscale has it, with headscale's `server_url`, and a section
/// `relay:` with everything that flags can say. Both, or one of them.
///
/// Without `relay:`, the file is taken for headscale's own, and its other keys are ignored. With it, they are mistakes.
struct ConfigurationFile {
    let path: String
    /// What `derp:` and `server_url` say.
    private(set) var headscale: [Setting] = []
    /// What `relay:` says. It wins over the others.
    private(set) var relay: [Setting] = []
    /// What to log at the start.
    private(set) var notices: [Notice] = []

    private static let sizeLimit = 1 << 20

    /// - Parameter origin: Where the path comes from.
    /// - Throws: ``UsageError`` with the file and the line that is wrong.
    init(path: String, namedBy origin: SettingOrigin = .commandLine) throws(UsageError) {
        self.path = path
        var sections = [String: SourceValue.Member]()
        var others = [SourceValue.Member]()
        for member in try self.members(of: try Self.read(path, namedBy: origin), "the file") {
            if HeadscaleSection.sections.contains(member.name) || member.name == "relay" {
                sections[member.name] = member
            } else {
                others.append(member)
            }
        }
        try self.check(others, isOurs: sections["relay"] != nil)
        guard sections["derp"] != nil || sections["relay"] != nil else {
            throw self.error(1, "there is neither a relay: section nor a derp: section")
        }
        if let derp = sections["derp"] {
            let section = try HeadscaleSection(derp, serverURL: sections["server_url"], of: self)
            self.headscale = section.settings
            self.notices = section.notices
        }
        if let relay = sections["relay"] { self.relay = try self.settings(in: relay.value) }
    }

    private static func read(_ path: String, namedBy origin: SettingOrigin) throws(UsageError) -> SourceValue {
        let text: String
        do {
            text = try FileReader.text(at: path, limit: Self.sizeLimit)
        } catch {
            throw UsageError("\(Flag[\.general.configurationFile].spelling): can't read \(path): \(error)", at: origin)
        }
        do {
            return try SourceValue(yaml: text)
        } catch {
            throw UsageError(error.message, at: .file(path, line: error.line))
        }
    }

    /// Refuses keys that no reader of the file knows.
    private func check(_ others: [SourceValue.Member], isOurs: Bool) throws(UsageError) {
        for member in others {
            let nearest = Suggestion.nearest(to: member.name, among: HeadscaleSection.sections + ["relay"])
            guard isOurs || nearest != nil else { continue }
            guard nearest == nil else { throw self.unknown(member, in: "the file", nearest: nearest) }
            throw self.error(
                member.line,
                "besides relay: the file may have only derp and server_url, not \(UsageError.quote(member.name))"
            )
        }
    }

    /// The settings of the section `relay:`.
    private func settings(in value: SourceValue) throws(UsageError) -> [Setting] {
        var settings = [Setting]()
        var lines = [String: Int]()
        for member in try self.members(of: value, "relay") {
            guard let flag = Flag.named(key: member.name) else {
                throw self.unknown(member, in: "relay", nearest: Flag.nearestKey(to: member.name))
            }
            if let previous = lines.updateValue(member.line, forKey: flag.name) {
                throw self.error(member.line, "\(member.name) is set on line \(previous) already")
            }
            if let setting = try self.setting(flag, member) { settings.append(setting) }
        }
        return settings
    }
}
