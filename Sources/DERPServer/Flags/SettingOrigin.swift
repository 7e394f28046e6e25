/// Where a setting comes from.
enum SettingOrigin: Hashable, Sendable {
    case commandLine
    /// An environment variable, by its name.
    case variable(String)
    /// A line of a configuration file.
    case file(String, line: Int)

    /// The text before an error about the setting. It is empty for the command line, where the flag's name is enough.
    var prefix: String { self == .commandLine ? "" : "\(self): " }
}

extension SettingOrigin: CustomStringConvertible {
    var description: String {
        switch self {
        case .commandLine: "the command line"
        case .variable(let name): name
        case .file(let path, let line): "\(path):\(line)"
        }
    }
}
