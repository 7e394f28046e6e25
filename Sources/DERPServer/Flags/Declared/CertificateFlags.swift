import DERPKit

/// The flags about certificates, and how they are ordered.
struct CertificateFlags: FlagGroup {
    static let title = "Certificates"

    let mode = TypedFlag("-certmode", .text, "mode", default: "self-signed")
        .derper(default: "`letsencrypt`")
        .needs(.notDevelopment)
        .help("`self-signed`, `manual`, `letsencrypt` (ACME), or `none` for plain HTTP.")
        .details(
            "`gcp` is refused: [`letsencrypt`](certificates.md) does the same with `--acme-directory`, `-acme-eab-kid` and "
                + "`-acme-eab-key`."
        )

    let directory = TypedFlag("-certdir", .optional(.text), "directory")
        .otherwise("`tailscale/derper-certs` in the user's cache")
        .needs(.ignored(unless: .tls, "HTTP is plain: there are no certificates"))
        .help("The directory where certificates are kept or looked for.")

    let acmeDirectory = TypedFlag("--acme-directory", .unlessEmpty(.secureURL), "url")
        .otherwise("Let's Encrypt's")
        .needs(.acme)
        .help("The directory of the ACME server that certificates are ordered from.")
        .details("See [certificates](certificates.md).")

    let email = TypedFlag("-acme-email", .unlessEmpty(.email), "address")
        .needs(.acme)
        .help("An address that the authority may write to.")

    let bindingKeyID = TypedFlag("-acme-eab-kid", .text, "id", default: "")
        .needs(.refused(unless: .bindingKey, needs: "-acme-eab-key"), .acme)
        .help("The id of the key of an external account, for authorities that want one.")

    let bindingKey = TypedFlag("-acme-eab-key", .text, "key", default: "")
        .needs(.refused(unless: .bindingKeyID, needs: "-acme-eab-kid"), .acme)
        .help("The key of that account, in base64.")

    let certifiesAddresses = TypedFlag("-acme-ip-certs", .boolean, default: "false")
        .needs(.refused(unless: .acme, needs: "-certmode letsencrypt"))
        .help("Order certificates for IP addresses too.")

    let profile = TypedFlag("--acme-profile", .unlessEmpty(.text), "name")
        .otherwise("the authority's; `shortlived` for addresses")
        .needs(.acme)
        .help("The profile of the certificates to order.")

    let retryDelay = TypedFlag(
        "--acme-retry-delay",
        .duration(in: .seconds(1)...(.seconds(3600))),
        "duration",
        default: "1m"
    )
    .needs(.acme)
    .help("The pause after a failed order, 1s…1h. It doubles after each further failure, up to 1h.")
}

extension FlagReader where Value == String {
    fileprivate static var secureURL: Self {
        .one { value throws(UsageError) in
            guard HTTPURL(value.text)?.isSecure == true else { throw value.wrong("an https URL") }
            return value.text
        }
    }

    fileprivate static var email: Self {
        .one { value throws(UsageError) in
            // RFC 8555 §7.3: one address, and nothing of a mailto URL's other parts.
            let text = value.text
            let isAddress =
                text.utf8.count <= 254 && text.parts(at: "@").count == 2
                && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && !",?%\"<>".utf8.contains($0) }
                && text.first != "@" && text.last != "@"
            guard isAddress else { throw value.wrong("an address") }
            return text
        }
    }
}
