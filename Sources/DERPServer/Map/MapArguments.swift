/// The arguments of a map command: those for the command, and those for a server.
struct MapArguments {
    /// The command's arguments.
    private(set) var command: [String] = []
    /// The server's settings.
    private(set) var settings: [Setting] = []

    /// The command's own flags that a server has too. They alone don't ask for the map of a server.
    private static let shared = [Flag[\.general.authoritiesFile]]
    /// Flags of the server that don't change what it serves.
    private static let others = [Flag[\.general.version], Flag[\.general.checkConfiguration]]

    /// - Throws: ``UsageError`` for a server's flag with a wrong or missing value.
    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard let (flag, attached) = Self.flag(argument) else {
                self.command.append(argument)
                continue
            }
            let value = try GoArguments.value(of: flag, attached, or: &rest)
            if Self.shared.contains(flag) {
                self.command += ["--" + flag.name, value]
            } else {
                self.settings.append(try Setting(flag, value, from: .commandLine))
            }
        }
    }

    /// The server's flag in an argument, and the attached value.
    private static func flag(_ argument: String) -> (Flag, value: String?)? {
        guard let (name, value) = try? GoArguments.split(argument), let flag = Flag.named(name),
            !Self.others.contains(flag)
        else { return nil }
        return (flag, value)
    }

    /// The map that a server would serve; `nil` without settings.
    ///
    /// - Throws: ``UsageError`` with the setting that is wrong.
    func served(in environment: HostEnvironment) throws(UsageError) -> ServedMap? {
        guard !self.settings.isEmpty else { return nil }
        var environment = environment
        // The key isn't read, so its file need not be named.
        environment.isRoot = true
        let sources = try SettingSources(self.settings, in: environment)
        return ServedMap(try ServerSettings(sources, in: environment))
    }
}
