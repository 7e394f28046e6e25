import DERPKit

/// The flags about addresses, and what is served on them.
struct ListeningFlags: FlagGroup {
    static let title = "Listening"

    let address = TypedFlag("-a", .listenAddress, "address", default: ":443")
        .alias("address")
        .needs(.notDevelopment)
        .help("Where to listen: [host]:port. Without a host, on every address.")
        .details(
            "With `0.0.0.0` or `[::]` too, it listens on every address of both families, as derper does. TLS is served on "
                + "every port, unless `-dev` or `-certmode none` is given; derper serves plain HTTP on any port but 443."
        )

    let hostname = TypedFlag("-hostname", .commas, "hosts", default: "")
        .otherwise("the host of `-a`, or else this machine's name")
        .derper(default: "`derp.tailscale.com`")
        .needs(.first(unless: .tls, "HTTP is plain: only the first name is used, in the map"))
        .help("The name or IP address that clients connect to, or several, separated by commas.")

    let httpPort = TypedFlag("-http-port", .integer(in: -1...65535), "port", default: "80")
        .needs(.ignored(unless: .tls, silent: ["-1"], "HTTP is plain on the port of -a already"))
        .help("The port of plain HTTP beside TLS: checks, the map, redirects. -1: off.")

    let homePage = TypedFlag("-home", .homePage, "page", default: "")
        .help("What / shows: a short page by default, `blank`, or a URL to redirect to.")

    let relays = TypedFlag("-derp", .boolean, default: "true")
        .needs(.off(unless: .stun, "Only pages are served", "STUN is off too"))
        .help("Relay packets.")
        .details("When it is off, the map says that this server only answers STUN.")

    let stun = TypedFlag("-stun", .boolean, default: "true")
        .help("Answer STUN.")

    let stunPort = TypedFlag("-stun-port", .optional(.port(in: 0...65535)), "port")
        .otherwise("`3478`")
        .needs(.ignored(unless: .stun, silent: ["3478"], "STUN is off"))
        .help("The UDP port of STUN, on the host of `-a`.")

    let stunAddress = TypedFlag("--stun-listen", .unlessEmpty(.listenAddress), "address")
        .otherwise("the host of `-a` and the port of `-stun-port`")
        .help("Where to answer STUN: [host]:port, as for `-a`.")
        .details(
            "The map gives its port. Refused together with `-stun=false`, `-dev`, or another port in `-stun-port`."
        )

    let keepAliveTime = TypedFlag(
        "-tcp-keepalive-time",
        .duration(zeroOr: .seconds(1)...(.seconds(32767))),
        "duration",
        default: "10m"
    )
    .help("The TCP keepalive time, 1s…9h6m7s; 0: off.")

    let userTimeout = TypedFlag(
        "-tcp-user-timeout",
        .duration(zeroOr: .milliseconds(1)...(.seconds(86400))),
        "duration",
        default: "15s"
    )
    .help("How long sent bytes may stay unacknowledged; 0: as long as the kernel allows.")

    let sendsProxyHeader = TypedFlag("--proxy-protocol", .boolean, default: "false")
        .needs(.refused(unless: .trustedProxies, needs: "--trusted-proxies: the networks that the proxies are in"))
        .help("Connections from `--trusted-proxies` begin with a PROXY protocol header, version 1 or 2.")

    let proxyNetworks = TypedFlag("--trusted-proxies", .networks, "networks")
        .help("Networks of proxies that may say which address a client has: CIDR, separated by commas or repeated.")
        .details("See [proxies](proxies.md).")
}

extension FlagReader where Value == RelayServer.Configuration.HomePage {
    fileprivate static var homePage: Self {
        .one { value throws(UsageError) in
            let text = value.text
            switch text {
            case "": return .standard
            case "blank": return .blank
            default:
                // It becomes a header field, so nothing but visible ASCII.
                let isURL = text.begins(with: "http://") || text.begins(with: "https://")
                guard isURL, text.utf8.count <= 2048, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                    throw value.wrong("\"blank\" or an http or https URL")
                }
                return .redirect(text)
            }
        }
    }
}
