import DERPKit

/// The flags about the map, and this server's region in it.
struct MapFlags: FlagGroup {
    static let title = "Map"

    let regionID = TypedFlag("--region-id", .integer(in: DERPRegion.validIDs, called: "1…2^53-1"), "id", default: "900")
        .needs(.ownRegion)
        .help("The number of this server's region in the map.")
        .details("See [regions](regions.md).")

    let regionCode = TypedFlag("--region-code", .label(limit: 64), "code", default: "derp")
        .needs(.ownRegion)
        .help("The region's short name.")

    let regionName = TypedFlag("--region-name", .label(limit: 256), "name", default: "DERP relay")
        .needs(.ownRegion)
        .help("The region's name for people.")

    let regionPort = TypedFlag("--region-port", .optional(.port(in: 1...65535)), "port")
        .otherwise("that of `-a`")
        .needs(.ownRegion)
        .help("The port that clients connect to, when a proxy listens on another port than this server.")

    let ipv4 = TypedFlag("--ipv4", .unlessEmpty(.address(.ipv4)), "address")
        .otherwise("by DNS")
        .needs(.ownRegion)
        .help("This server's IPv4 address in the map, or `none`.")

    let ipv6 = TypedFlag("--ipv6", .unlessEmpty(.address(.ipv6)), "address")
        .otherwise("by DNS")
        .needs(.ownRegion)
        .help("This server's IPv6 address in the map, or `none`.")

    let urls = TypedFlag(
        "--map-url",
        .each { value throws(UsageError) in
            guard HTTPURL(value.text) != nil else {
                throw value.error("is a URL of http or https, not \(HTTPURL.quote(value.text))")
            }
            return value.text
        },
        "url"
    )
    .help("A map to serve as well, fetched regularly. May be repeated.")

    let paths = TypedFlag("--map-path", .texts, "file")
        .help("A file with a map to lay over those, read again when it changes. May be repeated.")

    let includesOwnRegion = TypedFlag("--map-own-region", .boolean, default: "true")
        .needs(.off(unless: .mapSources, "The map is empty", "there is neither --map-url nor --map-path"))
        .help("Lay this server's region over the map.")

    let shuffle = TypedFlag("--map-shuffle", .unlessEmpty(.text), "seed")
        .needs(.ignored(unless: .mapSources, "there is neither --map-url nor --map-path"))
        .help("Any text. It decides in which order each region's nodes are served, always the same for the same text.")

    let updateInterval = TypedFlag(
        "--map-update",
        .duration(zeroOr: .seconds(1)...(.seconds(720 * 3600))),
        "duration",
        default: "3h"
    )
    .needs(.mapURLs)
    .help("How often `--map-url` is fetched again, 1s…720h; 0: on SIGHUP only.")

    let cache = TypedFlag("--map-cache", .optional(.text), "directory")
        .otherwise("`derp-kit/maps` in the user's cache")
        .needs(.mapURLs)
        .help("The directory where fetched maps are kept for the next start.")

    let bootstrapNames = TypedFlag("-bootstrap-dns-names", .names, "name,…", default: "")
        .help("Names whose addresses /bootstrap-dns gives, besides those of the map's nodes.")

    let unpublishedNames = TypedFlag("-unpublished-bootstrap-dns-names", .names, "name,…", default: "")
        .help("Names whose addresses /bootstrap-dns gives only to those who ask for them by name.")
        .details("A TXT record behind a slash is refused: it is for Tailscale's own roll-outs.")
}

extension FlagReader where Value == [String] {
    /// DNS names, separated by commas.
    fileprivate static var names: Self {
        .one(.commas) { value throws(UsageError) in
            let names = value.text.parts(at: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
            guard names.count <= 256 else { throw value.error("takes up to 256 names") }
            for name in names where !BootstrapNames.isName(name) {
                guard !name.holds("/") else {
                    throw value.error(
                        "takes names only: a TXT record after a slash is for Tailscale's own roll-outs, and is not supported"
                    )
                }
                throw value.error("takes DNS names, not \(UsageError.quote(name))")
            }
            return names
        }
    }
}
