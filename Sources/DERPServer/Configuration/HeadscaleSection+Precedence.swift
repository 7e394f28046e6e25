extension HeadscaleSection {
    /// The flags that `server_url` sets besides `-hostname`. They are about that host only.
    private static let flagsOfHost = [Flag[\.listening.address], Flag[\.map.regionPort]]

    /// The ones of headscale's `settings` that count when `others`, which win over them, are set elsewhere.
    ///
    /// The file was written for another program. So it is no mistake if another setting makes a part of it meaningless.
    static func counting(_ settings: [Setting], beside others: SettingLayers) throws(UsageError) -> [Setting] {
        // Another host has other ports.
        let isOtherHost = others.values(of: \.listening.hostname).last?.isEmpty == false
        var remaining = [Setting]()
        for setting in settings where !isOtherHost || !Self.flagsOfHost.contains(setting.flag) {
            let isSTUN = setting.flag == Flag[\.listening.stunAddress]
            if let counting = isSTUN ? try Self.stun(setting, beside: others) : setting { remaining.append(counting) }
        }
        return remaining
    }

    /// Where STUN listens. Another port is on the same host, and `-dev` has its own host.
    private static func stun(_ setting: Setting, beside others: SettingLayers) throws(UsageError) -> Setting? {
        guard others.values(of: \.listening.stun).last != "false" else { return nil }
        guard let address = setting.values.first.flatMap({ ListenAddress($0.text) }) else { return setting }
        let port = others.values(of: \.listening.stunPort).last
        guard others.values(of: \.general.development).last != "true" else {
            guard port == nil else { return nil }
            return try Setting(Flag[\.listening.stunPort], "\(address.port)", from: setting.origin)
        }
        guard let port else { return setting }
        // A port that isn't a number is reported for -stun-port.
        return try UInt16(port).map { number throws(UsageError) in
            try Setting(setting.flag, "\(address.with(port: number))", from: setting.origin)
        }
    }
}
