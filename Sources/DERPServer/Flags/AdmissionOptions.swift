import ArgumentParser

/// The flags that say who is admitted.
struct AdmissionOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Admit only clients that the local tailscaled knows.", valueName: "bool")
    )
    var verifyClients = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The socket of the local tailscaled. (default: /var/run/tailscale/tailscaled.sock)",
            valueName: "file"
        )
    )
    var socket = ""

    @Option(
        name: .customLong("verify-client-url"),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Admit only clients that this controller admits, such as headscale's /verify. May be repeated.",
            valueName: "url"
        )
    )
    var verifyClientURLs: [String] = []

    @Option(
        name: .customLong("verify-client-url-fail-open"),
        parsing: .unconditional,
        help: ArgumentHelp("Whether to admit clients while the controller can't be reached.", valueName: "bool")
    )
    var verifyClientURLFailOpen = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a yes of tailscaled and controllers holds; 0: not.", valueName: "duration")
    )
    var verifyCacheAllow = "1m"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a no of tailscaled and controllers holds; 0: not.", valueName: "duration")
    )
    var verifyCacheDeny = "5s"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Admit only the clients in this file: nodekey:<hex> a line. Read anew when it changes, and on SIGHUP.",
            valueName: "file"
        )
    )
    var allowFile = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Refuse the clients in this file, likewise. Outweighs everybody else.", valueName: "file")
    )
    var denyFile = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Ask about each client again so often, and close it when it is no longer admitted; 0: never.",
            valueName: "duration"
        )
    )
    var reverifyInterval = "0"
}
