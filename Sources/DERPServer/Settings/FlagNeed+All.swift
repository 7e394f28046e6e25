import DERPKit

extension FlagNeed {
    /// Every flag that depends on another. Of several needs of a flag the first that isn't met is told.
    static let all: [Self] = development + certificates + ports + relaying + admission + maps + others

    private static let development: [Self] = [
        .ignored(["a", "c", "certmode"], reason: "-dev stands in its place") { $0.transport != .development }
    ]

    private static let certificates: [Self] = [
        .ignored(["certdir"], reason: "HTTP is plain: there are no certificates") { $0.transport.isTLS },
        .refused("acme-ip-certs", needs: "-certmode letsencrypt") { $0.transport.isACME },
        .refused("acme-eab-kid", needs: "-acme-eab-key") { $0.sources.given.has("acme-eab-key") },
        .refused("acme-eab-key", needs: "-acme-eab-kid") { $0.sources.given.has("acme-eab-kid") },
        .ignored(
            ["acme-directory", "acme-email", "acme-eab-kid", "acme-eab-key", "acme-profile", "acme-retry-delay"],
            silent: ["1m"],
            reason: "only -certmode letsencrypt orders certificates"
        ) { $0.transport.isACME },
        .several("hostname", reason: "HTTP is plain: only the first name is told, in the map") { $0.transport.isTLS },
    ]

    private static let ports: [Self] = [
        .ignored(["http-port"], silent: ["80", "-1"], reason: "HTTP is plain on the port of -a already") {
            $0.transport.isTLS
        },
        .ignored(["stun-port"], silent: ["3478"], reason: "STUN is off") { $0.stun != nil },
        .off("derp", "Only pages are served", reason: "STUN is off too") { $0.stun != nil },
    ]

    private static let relaying: [Self] = [
        .ignored(
            [
                "verify-clients", "verify-client-url", "reverify-interval", "mesh-psk-file", "mesh-with", "rate-config",
                "max-clients", "tcp-write-timeout",
            ],
            silent: ["0", "0s", "2s"],
            reason: "nobody is relayed for: -derp=false"
        ) { $0.isRelayEnabled },
        .ignored(
            ["max-refused", "refused-hold-time"],
            silent: ["4096", "100s"],
            reason: "nobody is refused: -derp=false"
        ) {
            $0.isRelayEnabled
        },
        .ignored(["refused-hold-time"], silent: ["100s"], reason: "nobody is held: --max-refused is 0") {
            $0.limits.connections.refused > 0
        },
        .ignored(["max-refused"], silent: ["4096", "0"], reason: "nobody is held: --refused-hold-time is 0") {
            $0.limits.connections.refusedHoldTime > .zero
        },
        .ignored(["accept-connection-burst"], reason: "there is no -accept-connection-limit") {
            $0.limits.connections.acceptsPerSecond != nil
        },
        .refused("proxy-protocol", needs: "--trusted-proxies: the networks that the proxies are in") {
            !$0.proxies.networks.isEmpty
        },
        .ignored(["drain-time"], silent: ["10s"], reason: "there is no --takeover") { $0.takeover != nil },
    ]

    private static let admission: [Self] = [
        .ignored(["socket"], reason: "there is no -verify-clients") { $0.admission.tailscaledSocket != nil },
        .ignored(["verify-client-url-fail-open"], reason: "there is no -verify-client-url") {
            !$0.admission.controllers.isEmpty
        },
        .ignored(
            ["verify-cache-allow", "verify-cache-deny"],
            silent: ["1m", "5s"],
            reason: "nobody is asked: there is neither -verify-clients nor -verify-client-url"
        ) { $0.admission.asksSomebody },
        .ignored(
            ["reverify-interval"],
            silent: ["0", "0s"],
            reason: "everybody is admitted: there is no verifier and no list"
        ) { $0.admission.asksSomebody || $0.admission.allowFile != nil || $0.admission.denyFile != nil },
    ]

    private static let maps: [Self] = [
        .ignored(["map-update", "map-cache"], silent: ["3h"], reason: "there is no --map-url") {
            !$0.map.sources.urls.isEmpty
        },
        .ignored(
            ["region-id", "region-code", "region-name", "region-port", "ipv4", "ipv6"],
            silent: ["900", "derp", "DERP relay"],
            reason: "this server's region isn't in the map: --map-own-region=false"
        ) { $0.map.sources.includesOwnRegion },
        .ignored(["map-shuffle"], reason: "there is neither --map-url nor --map-path") {
            !$0.map.sources.urls.isEmpty || !$0.map.sources.paths.isEmpty
        },
        .off("map-own-region", "The map is empty", reason: "there is neither --map-url nor --map-path") {
            !$0.map.sources.urls.isEmpty || !$0.map.sources.paths.isEmpty
        },
    ]

    private static let others: [Self] = [
        .ignored(["ca-file"], reason: "nobody is asked over TLS") { settings in
            let urls = settings.map.sources.urls + settings.admission.controllers + settings.mesh.nodes.map(\.url)
            return settings.transport.isACME || urls.contains { HTTPURL($0)?.isSecure == true }
        }
    ]

    /// A flag of which only the first value, of several with commas, counts without something else.
    private static func several(
        _ name: String,
        reason: String,
        unless isMet: @escaping @Sendable (ServerSettings) -> Bool
    ) -> Self {
        Self(
            names: [name],
            asks: { $0.contains(",") },
            isMet: isMet,
            consequence: .warning("A setting counts in part", reason: reason)
        )
    }
}

extension AdmissionSettings {
    /// Whether not everybody is admitted who has a key that is on no list.
    var isSelective: Bool { self.asksSomebody || self.allowFile != nil }

    /// Whether tailscaled or a controller is asked about clients.
    fileprivate var asksSomebody: Bool { self.tailscaledSocket != nil || !self.controllers.isEmpty }
}

extension SettingLayers {
    /// Whether the flag called `name` was given a value.
    fileprivate func has(_ name: String) -> Bool { self.values(of: name).contains { !$0.isEmpty } }
}
