import Logging

/// What the command line, the environment and the configuration file say together. Flags win over variables, and both
/// over the file.
struct SettingSources: Sendable {
    private(set) var layers = SettingLayers()
    /// ``layers`` without headscale's section, which was written for another program with other needs.
    private(set) var given = SettingLayers()
    /// What to log at the start.
    private(set) var notices: [Notice] = []
    /// The flags whose values come from headscale's section: a headscale beside this server has the same.
    private(set) var sharedWithHeadscale: Set<Flag> = []

    /// Makes one without any.
    init() {}

    /// - Throws: ``UsageError`` with the variable, or the file and line, that is wrong.
    init(_ flags: [Setting], in environment: HostEnvironment) throws(UsageError) {
        let variables = try EnvironmentSettings(environment.variables)
        self.given.lay(variables.settings)
        self.given.lay(flags)
        if let path = self.given.values(of: \.general.configurationFile).last, !path.isEmpty {
            let origin = self.given.origin(of: [Flag[\.general.configurationFile]])
            let file = try ConfigurationFile(path: path, namedBy: origin)
            self.given = SettingLayers()
            for layer in [file.relay, variables.settings, flags] { self.given.lay(layer) }
            let headscale = try HeadscaleSection.counting(file.headscale, beside: self.given)
            self.layers.lay(headscale)
            self.sharedWithHeadscale = Set(headscale.map(\.flag)).subtracting(self.given.flags)
            self.layers.lay(file.relay)
            self.notices += file.notices
        }
        self.layers.lay(variables.settings)
        self.layers.lay(flags)
        self.notices += variables.unknown.map { name in
            .warning("A variable looks like a setting, but isn't one", ["name": "\(name)"])
        }
    }
}
