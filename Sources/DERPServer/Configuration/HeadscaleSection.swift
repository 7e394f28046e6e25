import Logging
import IPAddresses
import DERPKit

/// The section `derp:` of headscale's configuration, as settings of ours. Missing keys have headscale's defaults.
struct HeadscaleSection {
    /// The keys of headscale's file that are read.
    static let sections = ["derp", "server_url"]
    private static let keys = ["server", "urls", "paths", "auto_update_enabled", "update_frequency"]
    private static let serverKeys = [
        "enabled", "region_id", "region_code", "region_name", "verify_clients", "stun_listen_addr", "private_key_path",
        "automatically_add_embedded_derp_region", "ipv4", "ipv6",
    ]

    private(set) var settings: [Setting] = []
    private(set) var notices: [Notice] = []
    private let file: ConfigurationFile

    init(
        _ derp: SourceValue.Member,
        serverURL: SourceValue.Member?,
        of file: ConfigurationFile
    ) throws(UsageError) {
        self.file = file
        let members = try file.members(of: derp.value, "derp", known: Self.keys)
        try self.take(\.map.urls, members["urls"])
        try self.take(\.map.paths, members["paths"])
        try self.take(\.map.updateInterval, members["update_frequency"])
        if let update = members["auto_update_enabled"], try file.bool(update) == false {
            try self.set(\.map.updateInterval, "0", line: update.line)
        }
        guard let server = members["server"] else {
            try self.set(\.map.includesOwnRegion, "false", line: derp.line)
            return
        }
        try self.take(server, serverURL: serverURL)
    }

    /// Takes a flag's value as it is, if there is one.
    private mutating func take<Value>(_ path: FlagPath<Value>, _ member: SourceValue.Member?) throws(UsageError) {
        let flag = Flag[path]
        guard let member, let setting = try self.file.setting(flag, member) else { return }
        // Empty text means nothing to headscale. An empty list means that there are no values.
        guard flag.kind == .list || setting.values != [.init(text: "", origin: setting.origin)] else { return }
        self.settings.append(setting)
    }

    private mutating func set<Value>(_ path: FlagPath<Value>, _ text: String, line: Int) throws(UsageError) {
        self.settings.append(try Setting(Flag[path], text, from: .file(self.file.path, line: line)))
    }
}

// MARK: The embedded server

extension HeadscaleSection {
    private mutating func take(_ server: SourceValue.Member, serverURL: SourceValue.Member?) throws(UsageError) {
        let members = try self.file.members(of: server.value, "derp.server", known: Self.serverKeys)
        let enabled = members["enabled"]
        guard try self.file.bool(enabled) == true else {
            // headscale then has no region of its own in the map, and ignores the rest.
            try self.set(\.map.includesOwnRegion, "false", line: enabled?.line ?? server.line)
            if enabled == nil, !members.isEmpty {
                let place = SettingOrigin.file(self.file.path, line: server.line)
                self.notices.append(
                    .warning("derp.server has no effect without enabled: true", ["at": "\(place)"])
                )
            }
            return
        }
        try self.set(\.map.regionID, "999", line: server.line)
        try self.take(\.map.regionID, members["region_id"])
        try self.set(\.map.regionCode, "headscale", line: server.line)
        try self.take(\.map.regionCode, members["region_code"])
        try self.set(\.map.regionName, "Headscale Embedded DERP", line: server.line)
        try self.take(\.map.regionName, members["region_name"])
        try self.takeKeyFile(members["private_key_path"])
        try self.take(\.map.includesOwnRegion, members["automatically_add_embedded_derp_region"])
        try self.take(\.map.ipv4, members["ipv4"])
        try self.take(\.map.ipv6, members["ipv6"])
        let url = try self.url(serverURL)
        if let stun = try self.stun(members["stun_listen_addr"]) {
            try self.set(\.listening.stunAddress, "\(stun.address)", line: stun.line)
        }
        if let url {
            try self.set(\.listening.hostname, url.value.name, line: url.line)
            try self.set(\.map.regionPort, "\(url.value.port)", line: url.line)
            try self.set(\.listening.address, ":\(url.value.port)", line: url.line)
        }
        guard try self.file.bool(members["verify_clients"]) ?? true else { return }
        let line = members["verify_clients"]?.line ?? server.line
        guard let url else {
            throw self.file.error(
                line,
                "server_url is needed, because verify_clients asks the controller there: give it, or set verify_clients to false"
            )
        }
        try self.set(\.admission.controllers, url.value.origin + "/verify", line: line)
    }

    /// headscale resolves a key's relative path against its configuration's directory.
    private mutating func takeKeyFile(_ member: SourceValue.Member?) throws(UsageError) {
        guard let member,
            let path = try self.file.setting(Flag[\.general.keyFile], member)?.values.first?.text, !path.isEmpty
        else { return }
        let directory = self.file.path[..<(self.file.path.lastPosition(of: "/") ?? self.file.path.startIndex)]
        let isRelative = !path.begins(with: "/") && !directory.isEmpty
        try self.set(\.general.keyFile, isRelative ? "\(directory)/\(path)" : path, line: member.line)
    }

    private func url(_ member: SourceValue.Member?) throws(UsageError) -> (value: HTTPURL, line: Int)? {
        guard let member else { return nil }
        switch member.value.content {
        case .null, .text(""): return nil
        case .text(let text):
            guard let url = HTTPURL(text) else { fallthrough }
            return (url, member.line)
        default: throw self.file.error(member.line, "server_url is a URL of http or https")
        }
    }

    private func stun(_ member: SourceValue.Member?) throws(UsageError) -> (address: ListenAddress, line: Int)? {
        guard let member else { return nil }
        switch member.value.content {
        case .null, .text(""): return nil
        case .text(let text):
            guard let address = ListenAddress(text) else { fallthrough }
            return (address, member.line)
        default: throw self.file.error(member.line, "stun_listen_addr is ip:port, such as 0.0.0.0:3478")
        }
    }
}
