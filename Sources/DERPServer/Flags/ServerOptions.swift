import ArgumentParser

/// The flags as they were given. What they mean is ``ServerSettings``' to say.
///
/// Every flag takes the argument behind it as its value, whatever that is, the booleans too: ``GoArguments`` has seen to
/// it that there is one.
struct ServerOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "DERPServer",
        abstract: "A DERP relay and STUN server for Tailscale clients.",
        usage: """
            DERPServer [flags]                 serves
            DERPServer check REGION|URL …      looks at relays as their clients see them
            DERPServer map lint|show|diff …    checks, merges and compares DERP maps
            DERPServer help [COMMAND …]        tells more of each
            """,
        discussion: "Flags may have one dash or two, and take Go's forms: -stun=false, -a :3443, -a=:3443, 1h30m."
    )

    @Option(
        name: .customShort("a"),
        parsing: .unconditional,
        help: ArgumentHelp("Where to listen: [host]:port. Without a host, on every address.", valueName: "address")
    )
    var address = ":443"

    @Option(
        name: .customLong("dev"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Development: plain HTTP on 127.0.0.1:3340 with a fresh key. Overrides -a, -c and -certmode.",
            valueName: "bool"
        )
    )
    var dev = false

    @Option(
        name: .customShort("c"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "The private key's file, made when missing. (default for root: /var/lib/derper/derper.key)",
            valueName: "file"
        )
    )
    var keyFile = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Certificates: self-signed, manual, letsencrypt (ACME), or none for plain HTTP.",
            valueName: "mode"
        )
    )
    var certmode = "self-signed"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where certificates are kept or looked for. (default: tailscale/derper-certs in the user's cache)",
            valueName: "directory"
        )
    )
    var certdir: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The name or IP address that clients connect to, or several, with commas. "
                + "(default: the host of -a, else this machine's name)",
            valueName: "hosts"
        )
    )
    var hostname = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Plain HTTP beside TLS: checks, the map, redirects. -1: off.", valueName: "port")
    )
    var httpPort = "80"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Whether to answer STUN.", valueName: "bool")
    )
    var stun = true

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The UDP port of STUN, on the host of -a. (default: 3478)", valueName: "port")
    )
    var stunPort: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where to answer STUN: [host]:port, as for -a. (default: the host of -a, and -stun-port)",
            valueName: "address"
        )
    )
    var stunListen = ""

    @Option(parsing: .unconditional, help: ArgumentHelp("Whether to relay.", valueName: "bool"))
    var derp = true

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What / shows: nothing given a short page, \"blank\", or a URL to redirect to.",
            valueName: "page"
        )
    )
    var home = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("TCP keepalive time, 1s…9h6m7s; 0: off.", valueName: "duration")
    )
    var tcpKeepaliveTime = "10m"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long sent bytes may stay unacknowledged; 0: as the kernel does.", valueName: "duration")
    )
    var tcpUserTimeout = "15s"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a client may leave its queue untouched; 0: for ever.", valueName: "duration")
    )
    var tcpWriteTimeout = "2s"

    @Option(parsing: .unconditional, help: ArgumentHelp("Print the version and exit.", valueName: "bool"))
    var version = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many threads serve clients, 1…256. (default: one per core)", valueName: "count")
    )
    var loops: String?

    @Option(
        name: .customLong("region-id"),
        parsing: .unconditional,
        help: ArgumentHelp("This server's region in the map.", valueName: "id")
    )
    var regionID = "900"

    @Option(parsing: .unconditional, help: ArgumentHelp("The region's short name.", valueName: "code"))
    var regionCode = "derp"

    @Option(parsing: .unconditional, help: ArgumentHelp("The region's name for people.", valueName: "name"))
    var regionName = "DERP relay"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The port in the map, where clients reach another than that of -a: behind a proxy.",
            valueName: "port"
        )
    )
    var regionPort: String?

    @Option(
        name: .customLong("ipv4"),
        parsing: .unconditional,
        help: ArgumentHelp("This server's IPv4 address in the map, or \"none\".", valueName: "address")
    )
    var ipv4: String?

    @Option(
        name: .customLong("ipv6"),
        parsing: .unconditional,
        help: ArgumentHelp("This server's IPv6 address in the map, or \"none\".", valueName: "address")
    )
    var ipv6: String?

    @Option(
        name: .customLong("map-url"),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A map to serve as well, fetched again and again. May be repeated.", valueName: "url")
    )
    var mapURLs: [String] = []

    @Option(
        name: .customLong("map-path"),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A file with a map to lay over those, read again when it changes. May be repeated.",
            valueName: "file"
        )
    )
    var mapPaths: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Whether this server's region is laid over the map.", valueName: "bool")
    )
    var mapOwnRegion = true

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Any text: each region's nodes are put in an order drawn from it, the same every time.",
            valueName: "seed"
        )
    )
    var mapShuffle = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often --map-url is fetched again, 1s…720h; 0: on SIGHUP only.", valueName: "duration")
    )
    var mapUpdate = "3h"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where fetched maps are kept for the next start. (default: derp-kit/maps in the user's cache)",
            valueName: "directory"
        )
    )
    var mapCache: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Authorities to trust besides the system's, for maps, controllers, mesh nodes and ACME servers, as PEM.",
            valueName: "file"
        )
    )
    var caFile: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Networks that may read /metrics: CIDR, separated by commas or repeated. With TLS loopback may without.",
            valueName: "networks"
        )
    )
    var debugAllow: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level")
    )
    var logLevel = "info"

    @OptionGroup(title: "Configuration")
    var configurationFile: ConfigurationOptions

    @OptionGroup(title: "Bootstrap DNS")
    var bootstrap: BootstrapOptions

    @OptionGroup(title: "Certificates by ACME")
    var acme: ACMEOptions

    @OptionGroup(title: "Admission")
    var admission: AdmissionOptions

    @OptionGroup(title: "Limits")
    var limits: LimitOptions

    @OptionGroup(title: "Proxies")
    var proxies: ProxyOptions

    @OptionGroup(title: "Mesh")
    var mesh: MeshOptions

    @OptionGroup(title: "Restarts")
    var takeover: TakeoverOptions
}
