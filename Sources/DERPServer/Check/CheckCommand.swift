import ArgumentParser
import DERPKit

/// `DERPServer check REGION|URL`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "DERPServer check",
        abstract: "Check relays as their clients see them, and report what is wrong and how to fix it.",
        discussion: """
            Exits with 1 if there are errors, with 2 if there are warnings and --strict is given, and with 0 otherwise. \
            A relay that admits only known clients refuses the check's fresh keys, which is a warning.
            """
    )

    @Argument(help: "A region of the map, by number or code, or a relay's URL (http:// or https://).")
    var subject: String?

    @Option(help: ArgumentHelp("The map that has the region; -: standard input.", valueName: "url|file|-"))
    var map: String?

    @OptionGroup var fetch: FetchOptions

    @ArgumentParser.Flag(help: "Check all regions of the map.")
    var all = false

    @ArgumentParser.Flag(help: "Print JSON.")
    var json = false

    @ArgumentParser.Flag(help: "Check IPv4 only.")
    var ipv4 = false

    @ArgumentParser.Flag(help: "Check IPv6 only.")
    var ipv6 = false

    @ArgumentParser.Flag(help: "Exit with 2 when there are warnings.")
    var strict = false

    @Option(help: ArgumentHelp("The time limit of each step, such as 10s.", valueName: "duration"))
    var timeout = "10s"

    @Option(
        help: ArgumentHelp("Check again this long after each round, until a signal ends it.", valueName: "duration")
    )
    var watch: String?

    @Option(
        help: ArgumentHelp("With --watch: serve Prometheus metrics at /metrics on this address.", valueName: "address")
    )
    var metricsListen: String?

    @Option(
        help: ArgumentHelp(
            "For a URL: another name that the certificate is for, or sha256-raw:<hex>.",
            valueName: "name"
        )
    )
    var certName: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("For a URL: the UDP port of STUN; -1: none.", valueName: "port")
    )
    var stunPort: Int?

    @Option(help: ArgumentHelp("The port of plain HTTP, for the captive portal check.", valueName: "port"))
    var httpPort: UInt16 = 80
}
