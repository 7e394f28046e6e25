import IPAddresses

/// The settings in environment variables: `DERP_` and a flag's name in capitals, with `_` for `-`.
///
/// Empty ones count as not set. White space separates the values of a flag that may be repeated.
struct EnvironmentSettings {
    private(set) var settings: [Setting] = []
    /// Variables with the prefix that are not settings. They may be meant for other programs: Kubernetes gives some to
    /// every container if a service is called "derp".
    private(set) var unknown: [String] = []

    static let prefix = "DERP_"
    /// Variables that look like flags which print something instead of serving. If one is true, a server isn't wanted.
    /// Other values, such as a version number, are for other programs.
    private static let commands = ["DERP_VERSION", "DERP_HELP", "DERP_H"]

    /// - Throws: ``UsageError`` with the variable that is wrong.
    init(_ variables: [String: String]) throws(UsageError) {
        var previous = [String: String]()
        let given = variables.filter { $0.key.begins(with: Self.prefix) && !$0.value.isEmpty }
        for (name, text) in given.sorted(by: { $0.key < $1.key }) {
            guard let flag = Self.flag(name) else {
                if Self.commands.contains(name), GoBoolean.parse(text) == true {
                    throw UsageError("\(name) is not a setting: ask for it on the command line")
                }
                self.unknown.append(name)
                continue
            }
            if let other = previous.updateValue(name, forKey: flag.name) {
                throw UsageError("\(other) and \(name) are the same setting")
            }
            let origin = SettingOrigin.variable(name)
            let texts = flag.kind == .list ? text.split(whereSeparator: \.isWhitespace).map(String.init) : [text]
            let values = texts.map { Setting.Value(text: $0, origin: origin) }
            self.settings.append(try Setting(flag, values, from: origin))
        }
    }

    private static func flag(_ variable: String) -> Flag? {
        guard let key = variable.rest(after: Self.prefix), key.equals(key.uppercasedASCII) else { return nil }
        return Flag.named(key: key.lowercasedASCII, in: [.everywhere, .outsideFiles])
    }
}
