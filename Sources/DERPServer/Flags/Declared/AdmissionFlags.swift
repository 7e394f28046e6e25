import DERPKit

/// The flags about which clients are admitted.
struct AdmissionFlags: FlagGroup {
    static let title = "Admission"

    let asksTailscaled = TypedFlag("-verify-clients", .boolean, default: "false")
        .needs(.relay)
        .help("Admit only clients that the local tailscaled knows.")
        .details("See [admission](admission.md).")

    let tailscaledSocket = TypedFlag("-socket", .unlessEmpty(.socketPath), "file")
        .otherwise("`/var/run/tailscale/tailscaled.sock`")
        .needs(.ignored(unless: .tailscaled, "there is no -verify-clients"))
        .help("The socket of the local tailscaled.")

    let controllers = TypedFlag(
        "-verify-client-url",
        .each { value throws(UsageError) in
            // Not shown: there may be a secret in it.
            guard HTTPURL(value.text) != nil else { throw value.error("is an http or https URL") }
            return value.text
        },
        "url"
    )
    .needs(.relay)
    .help("Admit only clients that this controller admits, such as headscale's /verify. May be repeated.")
    .details("With several, all must agree.")

    let failsOpen = TypedFlag("-verify-client-url-fail-open", .boolean, default: "false")
        .derper(default: "on")
        .needs(.ignored(unless: .controllers, "there is no -verify-client-url"))
        .help("Admit every client while a controller can't be reached.")
        .details("When it is off, no new client is admitted then.")

    let allowLifetime = TypedFlag(
        "--verify-cache-allow",
        .duration(zeroOr: .milliseconds(1)...(.seconds(86400))),
        "duration",
        default: "1m"
    )
    .needs(.verifiers)
    .help("How long a yes of tailscaled and controllers holds; 0: it doesn't.")

    let denyLifetime = TypedFlag(
        "--verify-cache-deny",
        .duration(zeroOr: .milliseconds(1)...(.seconds(86400))),
        "duration",
        default: "5s"
    )
    .needs(.verifiers)
    .help("How long a no of tailscaled and controllers holds; 0: it doesn't.")

    let allowFile = TypedFlag("--allow-file", .unlessEmpty(.text), "file")
        .help(
            "Admit only the clients in this file: `nodekey:<hex>` on each line. Read again when it changes, and on SIGHUP."
        )

    let denyFile = TypedFlag("--deny-file", .unlessEmpty(.text), "file")
        .help("Refuse the clients in this file, whoever else admits them. It is read like `--allow-file`.")

    let reverifyInterval = TypedFlag(
        "--reverify-interval",
        .duration(zeroOr: .seconds(1)...(.seconds(86400))),
        "duration",
        default: "0"
    )
    .needs(
        .relay,
        .ignored(unless: .admission, silent: ["0s"], "everybody is admitted: there is no verifier and no list")
    )
    .help("How often to ask about each client again. One that is no longer admitted is disconnected. 0: never.")
}
