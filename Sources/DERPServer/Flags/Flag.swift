import AsyncSockets
import DERPKit

/// What is known of one command line flag before its value is looked at.
struct Flag: Hashable {
    /// What may stand behind the name.
    enum Kind: Hashable {
        /// `-x`, or `-x=true` and Go's other words for it; never a separate argument.
        case boolean
        /// `-x=value` or `-x value`; the last one counts.
        case value
        /// Likewise, and all of them count.
        case list
        /// One value that is a list itself, with commas between its items.
        case commas
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
        .derper("certmode"), .derper("certdir"), .derper("hostname", .commas),
        .derper("http-port"), .derper("stun", .boolean), .derper("stun-port"), .own("stun-listen"),
        .derper("derp", .boolean), .derper("home"), .derper("version", .boolean),
        .derper("tcp-keepalive-time"), .derper("tcp-user-timeout"), .derper("tcp-write-timeout"),

        .own("loops"), .own("region-id"), .own("region-code"), .own("region-name"),
        .own("region-port"), .own("ipv4"), .own("ipv6"), .own("debug-allow", .list), .own("log-level"),

        .derper("verify-clients", .boolean), .derper("socket"),
        .derper("verify-client-url", .list), .derper("verify-client-url-fail-open", .boolean),
        .own("allow-file"), .own("deny-file"), .own("reverify-interval"),
        .own("verify-cache-allow"), .own("verify-cache-deny"),
        .own("map-url", .list), .own("map-path", .list), .own("map-own-region", .boolean), .own("map-update"),
        .own("map-cache"),
        .own("ca-file"),
        .own("map-shuffle"),
        .derper("bootstrap-dns-names", .commas), .derper("unpublished-bootstrap-dns-names", .commas),
        .own("config"), .own("check-config", .boolean),

        .derper("accept-connection-limit"), .derper("accept-connection-burst"), .derper("rate-config"),
        .own("max-clients"), .own("max-pending"), .own("login-timeout"), .own("max-connections-per-ip"),
        .own("max-refused"), .own("refused-hold-time"), .own("queue-memory"),
        .own("proxy-protocol", .boolean), .own("trusted-proxies", .list),

        .derper("acme-email"), .derper("acme-eab-kid"), .derper("acme-eab-key"), .derper("acme-ip-certs", .boolean),
        .own("acme-directory"), .own("acme-profile"), .own("acme-retry-delay"),

        .derper("mesh-psk-file"), .derper("mesh-with", .commas),

        .own("takeover"), .own("drain-time"),

        .refused("secrets-url", because: Self.secrets), .refused("secrets-path-prefix", because: Self.secrets),
        .refused("secrets-cache-dir", because: Self.secrets),
        .refused(
            "ace",
            .boolean,
            because: "concerns Tailscale's own infrastructure and is not supported: leave it out"
        ),
    ]

    private static let secrets =
        "concerns Tailscale's own infrastructure and is not supported: a mesh key is a file, -mesh-psk-file"

    /// The flag called `name`, without dashes.
    static func named(_ name: String) -> Flag? { self.all.first { $0.name == name } }

    /// The flag that a configuration file's `key` or a variable stands for; `nil` when there is none, or it makes sense on
    /// the command line only.
    static func configurable(_ key: String) -> Flag? {
        let name = key.replacing("_", by: "-")
        guard let flag = Self.named(Self.longNames[name] ?? name), flag.isConfigurable else { return nil }
        return flag
    }

    /// Whether a file can set it.
    var isConfigurable: Bool { !["version", "config", "check-config"].contains(self.name) }

    /// What files call it.
    var key: String { self.name.replacing("-", by: "_") }

    /// Names of more than one letter, for files and variables.
    private static let longNames = ["address": "a", "key-file": "c"]

    /// The supported flag whose name is most like `name`; `nil` when none is much like it.
    static func nearest(to name: String) -> Flag? {
        Self.nearest(to: name, among: self.all.filter { $0.support == .supported })
    }

    /// The key of a file that is most like `key`; `nil` when none is much like it.
    static func nearestKey(to key: String) -> String? {
        let candidates = self.all.filter { $0.support == .supported && $0.isConfigurable }
        return Self.nearest(to: key.lowercasedASCII.replacing("_", by: "-"), among: candidates)?.key
    }

    private static func nearest(to name: String, among flags: [Flag]) -> Flag? {
        // Nobody mistypes a flag into something so long.
        guard name.utf8.count <= 40 else { return nil }
        let candidates = flags.map { (flag: $0, distance: EditDistance.between($0.name, name)) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, min(3, name.utf8.count / 2)) ? best.flag : nil
    }
}
