/// The flags about the process.
struct GeneralFlags: FlagGroup {
    static let title = "General"

    let configurationFile = TypedFlag("--config", .text, "file", default: "")
        .settable(.outsideFiles)
        .help(
            "A YAML file with settings: headscale's config.yaml, or a `relay:` section with any flag. "
                + "Flags and `DERP_…` variables win over it."
        )
        .details("See [configuration](configuration.md).")

    let checkConfiguration = TypedFlag("--check-config", .boolean, default: "false")
        .settable(.outsideFiles)
        .help("Read everything that a start would read, report what is wrong, and exit.")

    let version = TypedFlag("-version", .boolean, default: "false")
        .settable(.commandLine)
        .help("Print the version and exit.")

    let development = TypedFlag("-dev", .boolean, default: "false")
        .help("Development: plain HTTP on 127.0.0.1:3340 with a fresh key. Overrides `-a`, `-c` and `-certmode`.")

    let keyFile = TypedFlag("-c", .text, "file", default: "")
        .otherwise("`/var/lib/derper/derper.key` for root")
        .alias("key-file")
        .needs(.notDevelopment)
        .help("The file of the private key. It is created when it is missing.")
        .details(
            "Users other than root must give it, as with derper. headscale's key file is read too. A missing file is "
                + "created in derper's form, or in headscale's form when headscale's [configuration](configuration.md) names it."
        )

    let loops = TypedFlag("--loops", .optional(.integer(in: 1...256)), "count")
        .otherwise("one per core")
        .help("The number of threads that serve clients, 1…256.")
        .details("A container counts for as many cores as its `cpu.max` (cgroup version 2) gives it, rounded up.")

    let pollShare = TypedFlag("--busy-poll", .integer(in: 0...100), "percent", default: "10")
        .help("The most of its time that a thread may poll for packets before it sleeps, in percent, 0…100.")
        .details("See [waiting for packets](performance.md#waiting-for-packets).")

    let gatherTime = TypedFlag(
        "--gather-time",
        .duration(zeroOr: .microseconds(1)...(.milliseconds(1))),
        "duration",
        default: "60us"
    )
    .help("The longest time that a busy thread lets packets gather before it reads them, 1us…1ms; 0: none.")
    .details("See [waiting for packets](performance.md#waiting-for-packets).")

    let logLevel = TypedFlag("--log-level", .logLevel, "level", default: "info")
        .help("`trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.")
        .details(
            "At `debug`, each login and each end of a connection is logged, with key, address, reason and duration. "
                + "Lines that others can cause are limited: ten of each kind at once, then one every 10 s, which says in "
                + "`left_out` how many were left out."
        )

    let metricsNetworks = TypedFlag("--debug-allow", .networks, "networks")
        .help("Networks that may read /metrics: CIDR, separated by commas or repeated. With TLS, loopback always may.")
        .details("See [metrics](metrics.md).")

    let authoritiesFile = TypedFlag("--ca-file", .optional(.text), "file")
        .needs(.ignored(unless: .authorities, "no server is asked over TLS"))
        .help("Authorities to trust besides the system's, as PEM: for maps, controllers, mesh nodes and ACME servers.")
}
