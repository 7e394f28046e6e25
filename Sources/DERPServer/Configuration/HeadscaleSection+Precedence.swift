extension HeadscaleSection {
    /// The flags that `server_url` stands for, beside `-hostname`: they concern that host only.
    private static let flagsOfHost = ["a", "region-port"]

    /// What counts of headscale's `settings` where `others` have been set elsewhere, which prevail.
    ///
    /// The file was written for another program, so that what another setting makes meaningless in it is no mistake.
    static func counting(_ settings: [Setting], beside others: SettingLayers) throws(UsageError) -> [Setting] {
        // Another host has other ports.
        let isOtherHost = others.values(of: "hostname").last?.isEmpty == false
        var remaining = [Setting]()
        for setting in settings where !isOtherHost || !Self.flagsOfHost.contains(setting.flag.name) {
            let isSTUN = setting.flag.name == "stun-listen"
            if let counting = isSTUN ? try Self.stun(setting, beside: others) : setting { remaining.append(counting) }
        }
        return remaining
    }

    /// Where STUN listens: another port is one on the same host, and `-dev` has a host of its own.
    private static func stun(_ setting: Setting, beside others: SettingLayers) throws(UsageError) -> Setting? {
        guard others.values(of: "stun").last != "false" else { return nil }
        guard let address = setting.values.first.flatMap({ ListenAddress($0.text) }) else { return setting }
        let port = others.values(of: "stun-port").last
        guard others.values(of: "dev").last != "true" else {
            guard port == nil, let flag = Flag.named("stun-port") else { return nil }
            return try Setting(flag, "\(address.port)", from: setting.origin)
        }
        guard let port else { return setting }
        // One that is no number is told of as -stun-port's.
        return try UInt16(port).map { number throws(UsageError) in
            try Setting(setting.flag, "\(address.with(port: number))", from: setting.origin)
        }
    }
}
