import ArgumentParser

/// The flags that say what stands before the server.
struct ProxyOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Whether connections from --trusted-proxies begin with a PROXY protocol header, version 1 or 2.",
            valueName: "bool"
        )
    )
    var proxyProtocol = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Networks whose word about clients' addresses counts: CIDR, separated by commas or repeated.",
            valueName: "networks"
        )
    )
    var trustedProxies: [String] = []
}
