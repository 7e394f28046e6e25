/// What the command line, the environment and the configuration file say together. Flags prevail over variables, and both
/// over the file.
struct SettingSources: Sendable {
    private(set) var layers = SettingLayers()
    /// What there is to say at start.
    private(set) var notices: [Notice] = []

    /// Without any.
    init() {}

    /// - Throws: ``UsageError`` with the variable, or the file and line, that is wrong.
    init(_ flags: [Setting], in environment: HostEnvironment) throws(UsageError) {
        let variables = try EnvironmentSettings(environment.variables)
        var chosen = SettingLayers()
        chosen.lay(variables.settings)
        chosen.lay(flags)
        if let path = chosen.values(of: "config").last, !path.isEmpty {
            let file = try Self.file(path, named: chosen)
            var others = SettingLayers()
            for layer in [file.relay, variables.settings, flags] { others.lay(layer) }
            // Another host has other ports.
            let isOtherHost = others.values(of: "hostname").last?.isEmpty == false
            self.layers.lay(
                file.headscale.filter { !isOtherHost || !HeadscaleSection.flagsOfHost.contains($0.flag.name) }
            )
            self.layers.lay(file.relay)
            self.notices += file.notices
        }
        self.layers.lay(variables.settings)
        self.layers.lay(flags)
        self.notices += variables.unknown.map { name in
            .warning("A variable looks like a setting, but is none", ["name": "\(name)"])
        }
    }

    /// - Parameter layers: where the path is from.
    private static func file(_ path: String, named layers: SettingLayers) throws(UsageError) -> ConfigurationFile {
        do {
            return try ConfigurationFile(path: path)
        } catch {
            throw UsageError(layers.locating(error.description))
        }
    }
}
