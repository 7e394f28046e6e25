import DERPKit

extension StartError {
    /// Why an address can't be listened on, with the flags that chose it.
    init(
        listening error: DERPError,
        with settings: ServerSettings,
        _ configuration: RelayServer.Configuration
    ) {
        let stun = settings.stun?.flag ?? "-stun-port"
        let candidates = [
            ("-a", configuration.addresses), ("-http-port", configuration.plainHTTPAddresses),
            (stun, configuration.stunAddresses),
        ]
        let flags = candidates.filter { _, addresses in
            addresses.contains { Self.names(error.message, $0.description) }
        }.map(\.0)
        let isTaken = error.message.holds("in use")
        let hint = isTaken ? flags.lazy.compactMap { Self.hint(about: $0, settings.sources) }.first : nil
        self.init(
            flags.isEmpty ? "-a" : flags.joined(separator: " or "),
            error.message + (hint.map { ": \($0)" } ?? "")
        )
    }

    /// Whether `message` has `address`, which is more than that another one begins like it: `:80` is no `:8081`.
    private static func names(_ message: String, _ address: String) -> Bool {
        message.ranges(of: address).contains { message[$0.upperBound...].first?.isNumber != true }
    }

    /// Who may have the address that headscale's configuration gave the flag.
    private static func hint(about flag: String, _ sources: SettingSources) -> String? {
        switch flag {
        case "--stun-listen" where sources.sharedWithHeadscale.contains("stun-listen"):
            "headscale's embedded server may answer STUN there: -stun=false leaves STUN to it, or give another --stun-listen"
        case "-a" where sources.sharedWithHeadscale.contains("a"):
            "the proxy before headscale may listen there: give -a an address to which the proxy leads"
        default: nil
        }
    }
}
