import ArgumentParser

/// The flags of `-certmode letsencrypt`.
struct ACMEOptions: ParsableArguments {
    @Option(
        name: .customLong("acme-directory"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "The directory of the ACME server that certificates are ordered from. (default: Let's Encrypt's)",
            valueName: "url"
        )
    )
    var directory = ""

    @Option(
        name: .customLong("acme-email"),
        parsing: .unconditional,
        help: ArgumentHelp("Whom the authority may write to.", valueName: "address")
    )
    var email = ""

    @Option(
        name: .customLong("acme-eab-kid"),
        parsing: .unconditional,
        help: ArgumentHelp("An account elsewhere that the authority wants to see: its key's id.", valueName: "id")
    )
    var bindingKeyID = ""

    @Option(
        name: .customLong("acme-eab-key"),
        parsing: .unconditional,
        help: ArgumentHelp("And that key, in base64.", valueName: "key")
    )
    var bindingKey = ""

    @Option(
        name: .customLong("acme-ip-certs"),
        parsing: .unconditional,
        help: ArgumentHelp("Whether to order certificates for IP addresses too.", valueName: "bool")
    )
    var addresses = false

    @Option(
        name: .customLong("acme-profile"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "The profile of certificates to order. (default: the authority's; shortlived for addresses)",
            valueName: "name"
        )
    )
    var profile = ""

    @Option(
        name: .customLong("acme-retry-delay"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "The pause after a failed order, 1s…1h. It doubles with each further one, up to 1h.",
            valueName: "duration"
        )
    )
    var retryDelay = "1m"
}
