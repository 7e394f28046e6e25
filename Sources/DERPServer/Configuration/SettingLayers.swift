/// Settings of several sources, laid over each other: what a later layer gives a flag replaces what an earlier one gave,
/// whole lists too.
struct SettingLayers: Hashable, Sendable {
    private var settings: [Flag: Setting] = [:]

    /// Lays `layer` over those that are there. In one layer the last value of a flag counts, or all when it may be
    /// repeated; an empty one among them says that there are none.
    mutating func lay(_ layer: [Setting]) {
        for (flag, given) in Dictionary(grouping: layer, by: \.flag) {
            guard let first = given.first, let last = given.last else { continue }
            self.settings[flag] = flag.kind == .list ? first.joined(with: given.dropFirst()) : last
        }
    }

    /// The flags that were given.
    var flags: some Sequence<Flag> { self.settings.keys }

    /// What `flag` was given.
    func values(of flag: Flag) -> [String] { self.settings[flag]?.values.map(\.text) ?? [] }

    /// What the flag at `path` was given.
    func values<Value>(of path: FlagPath<Value>) -> [String] { self.values(of: Flag[path]) }

    /// What `flag` was given, and where.
    func setting(of flag: Flag) -> Setting? { self.settings[flag] }

    /// What all flags were given, as their types.
    var given: GivenFlags<ServerFlags> { GivenFlags(group: .shared, layers: self) }

    /// The file's line, or the variable, that gave the first of `flags` that isn't from the command line.
    ///
    /// - Parameter value: Which of a flag's values is meant, if not the first.
    func origin(of flags: [Flag], value: String? = nil) -> SettingOrigin {
        let origins = flags.lazy.compactMap { self.settings[$0] }.map { setting in
            (setting.values.first { $0.text == value } ?? setting.values.first)?.origin ?? setting.origin
        }
        return origins.first { $0 != .commandLine } ?? .commandLine
    }

    /// What to say about `error`: where the setting comes from, and what failed.
    func describe(_ error: any Error) -> String {
        guard let error = error as? StartError else { return "\(error)" }
        return "\(self.origin(of: [error.flag], value: error.value).prefix)\(error)"
    }
}
