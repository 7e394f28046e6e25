import DERPKit

/// What is known of one command line flag before its value is looked at.
struct Flag: Hashable {
    /// What may stand behind the name.
    enum Kind: Hashable {
        /// `-x`, or `-x=true` and Go's other words for it; never a separate argument.
        case boolean
        /// `-x=value` or `-x value`.
        case value
    }

    /// Whether the flag does anything here.
    enum Support: Hashable {
        case supported
        /// A flag of derper's that does nothing here, and what to say to someone who gives it.
        case refused(String)
    }

    let name: String
    let kind: Kind
    let support: Support

    /// The name as people are used to see it: derper's with one dash, our own with two.
    let spelling: String

    /// A flag that derper has too.
    static func derper(_ name: String, _ kind: Kind = .value) -> Self {
        Self(name: name, kind: kind, support: .supported, spelling: "-" + name)
    }

    /// A flag that derper doesn't have.
    static func own(_ name: String, _ kind: Kind = .value) -> Self {
        Self(name: name, kind: kind, support: .supported, spelling: "--" + name)
    }

    /// A flag of derper's that does nothing here. Ignoring it could open what its user wants closed.
    static func refused(_ name: String, _ kind: Kind = .value, because reason: String = "is not supported yet") -> Self
    {
        Self(name: name, kind: kind, support: .refused(reason), spelling: "-" + name)
    }
}

extension Flag {
    /// Every flag that there is.
    static let all: [Flag] = [
        .derper("a"), .derper("dev", .boolean), .derper("c"),
        .derper("certmode"), .derper("certdir"), .derper("hostname"),
        .derper("http-port"), .derper("stun", .boolean), .derper("stun-port"),
        .derper("derp", .boolean), .derper("home"), .derper("version", .boolean),
        .derper("tcp-keepalive-time"), .derper("tcp-user-timeout"), .derper("tcp-write-timeout"),

        .own("loops"), .own("region-id"), .own("region-code"), .own("region-name"),
        .own("ipv4"), .own("ipv6"), .own("debug-allow"), .own("log-level"),

        .derper("verify-clients", .boolean), .derper("socket"),
        .derper("verify-client-url"), .derper("verify-client-url-fail-open", .boolean),
        .own("allow-file"), .own("deny-file"), .own("reverify-interval"),
        .own("verify-cache-allow"), .own("verify-cache-deny"),
        .own("map-url"), .own("map-path"), .own("map-own-region", .boolean), .own("map-update"), .own("map-cache"),
        .own("ca-file"),

        .refused("acme-email"), .refused("acme-eab-kid"), .refused("acme-eab-key"), .refused("acme-ip-certs", .boolean),
        .refused("mesh-psk-file"), .refused("mesh-with"),
        .refused("bootstrap-dns-names"), .refused("unpublished-bootstrap-dns-names"),
        .refused("accept-connection-limit"), .refused("accept-connection-burst"), .refused("rate-config"),
        .refused("secrets-url", because: Self.foreign), .refused("secrets-path-prefix", because: Self.foreign),
        .refused("secrets-cache-dir", because: Self.foreign), .refused("ace", .boolean, because: Self.foreign),
    ]

    private static let foreign = "concerns Tailscale's own infrastructure and is not supported"

    /// The flag called `name`, without dashes.
    static func named(_ name: String) -> Flag? { self.all.first { $0.name == name } }

    /// The supported flag whose name is most like `name`; `nil` when none is much like it.
    static func nearest(to name: String) -> Flag? {
        // Nobody mistypes a flag into something so long.
        guard name.utf8.count <= 40 else { return nil }
        let candidates = self.all.filter { $0.support == .supported }.map { flag in
            (flag: flag, distance: EditDistance.between(flag.name, name))
        }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, min(3, name.utf8.count / 2)) ? best.flag : nil
    }
}
