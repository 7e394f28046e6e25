import AsyncSockets

/// Settings of several sources, laid over each other: what a later layer gives a flag replaces what an earlier one gave,
/// whole lists too.
struct SettingLayers: Hashable, Sendable {
    private var settings: [String: Setting] = [:]

    /// Lays `layer` over those that are there. In one layer the last value of a flag counts, or all when it may be
    /// repeated; an empty one among them says that there are none.
    mutating func lay(_ layer: [Setting]) {
        for (name, given) in Dictionary(grouping: layer, by: \.flag.name) {
            guard let first = given.first, let last = given.last else { continue }
            self.settings[name] = first.flag.kind == .list ? first.joined(with: given.dropFirst()) : last
        }
    }

    /// Forgets a flag's setting.
    mutating func remove(_ name: String) { self.settings[name] = nil }

    /// The names of the flags that were given.
    var names: some Sequence<String> { self.settings.keys }

    /// What the flag called `name` was given.
    func values(of name: String) -> [String] { self.settings[name]?.values.map(\.text) ?? [] }

    /// Where the flag called `name` was set; `nil` when it was not.
    func origin(of name: String) -> SettingOrigin? { self.settings[name]?.origin }

    /// Everything as a command line.
    var arguments: [String] { Flag.all.flatMap { self.settings[$0.name]?.arguments ?? [] } }

    /// `message`, which names a flag, with the line of the file or the variable that gave the flag its value.
    func locating(_ message: String) -> String {
        let words = message.words(of: "-")
        let origins = words.lazy.filter { $0.begins(with: "-") }.compactMap { word in
            self.settings[String(word.rest(after: "--") ?? word.rest(after: "-") ?? word)]?.origin(in: message)
        }
        return (origins.first { $0 != .commandLine }?.prefix ?? "") + message
    }
}

extension Setting {
    /// The origin of the value that `message` is about: of several, the one that it shows.
    fileprivate func origin(in message: String) -> SettingOrigin {
        let shown = self.values.filter { !$0.text.isEmpty && message.contains($0.text) }
        return (shown.max { $0.text.utf8.count < $1.text.utf8.count } ?? self.values.first)?.origin ?? self.origin
    }
}
