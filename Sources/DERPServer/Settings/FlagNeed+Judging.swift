import DERPKit
import Logging

extension FlagNeed {
    /// Refuses settings that can't be meant.
    ///
    /// - Throws: ``UsageError`` with the flag at fault, and where it comes from.
    static func check(_ settings: ServerSettings) throws(UsageError) {
        for (flag, need) in self.unmet(in: settings) {
            guard case .refusal(let reason) = need.consequence else { continue }
            throw UsageError("\(flag.spelling) \(reason)", at: settings.sources.layers.origin(of: [flag]))
        }
    }

    /// A warning for each flag that is ignored.
    static func notices(_ settings: ServerSettings) -> [Notice] {
        var told = Set<Flag>()
        return self.unmet(in: settings).compactMap { flag, need in
            guard case .warning(let message, let reason) = need.consequence, told.insert(flag).inserted else {
                return nil
            }
            var metadata: Logger.Metadata = ["setting": "\(flag.spelling)", "reason": "\(reason)"]
            if let origin = settings.sources.given.setting(of: flag)?.origin, origin != .commandLine {
                metadata["at"] = "\(origin)"
            }
            return .warning("\(message)", metadata)
        }
    }

    private static func unmet(in settings: ServerSettings) -> [(flag: Flag, need: Self)] {
        Flag.all.flatMap { flag in
            flag.needs.filter { need in
                settings.sources.given.values(of: flag).contains { need.isAsked(by: $0, of: flag) }
                    && !settings.meet(need.condition)
            }.map { (flag, $0) }
        }
    }
}

extension ServerSettings {
    /// Whether `condition` holds.
    fileprivate func meet(_ condition: FlagNeed.Condition) -> Bool {
        switch condition {
        case .notDevelopment: self.transport != .development
        case .tls: self.transport.isTLS
        case .acme: self.transport.isACME
        case .bindingKeyID: self.sources.given.values(of: \.certificates.bindingKeyID).contains { !$0.isEmpty }
        case .bindingKey: self.sources.given.values(of: \.certificates.bindingKey).contains { !$0.isEmpty }
        case .stun: self.stun != nil
        case .relay: self.isRelayEnabled
        case .heldPlaces: self.limits.connections.refused > 0
        case .holdTime: self.limits.connections.refusedHoldTime > .zero
        case .acceptLimit: self.limits.connections.acceptsPerSecond != nil
        case .trustedProxies: !self.proxies.networks.isEmpty
        case .takeover: self.takeover != nil
        case .tailscaled: self.admission.tailscaledSocket != nil
        case .controllers: !self.admission.controllers.isEmpty
        case .verifiers: self.admission.asksSomebody
        case .admission: self.admission.isSelective || self.admission.denyFile != nil
        case .mapURLs: !self.mapSources.urls.isEmpty
        case .mapSources: !self.mapSources.urls.isEmpty || !self.mapSources.paths.isEmpty
        case .ownRegion: self.mapSources.includesOwnRegion
        case .authorities: self.asksOverTLS
        }
    }

    private var asksOverTLS: Bool {
        let urls = self.mapSources.urls + self.admission.controllers + self.mesh.nodes.map(\.url)
        return self.transport.isACME || urls.contains { HTTPURL($0)?.isSecure == true }
    }
}
