import DERPKit

extension StartError {
    /// Why an address can't be listened on, with the flag that chose it.
    init(listening error: DERPError, with settings: ServerSettings) {
        let flag =
            switch error.setting {
            case .plainHTTPAddresses: Flag[\.listening.httpPort]
            case .stunAddresses: settings.stun?.flag ?? Flag[\.listening.stunPort]
            default: Flag[\.listening.address]
            }
        let hint = error.code == .addressInUse ? Self.hint(about: flag, settings.sources) : nil
        self.init(flag, error.message + (hint.map { ": \($0)" } ?? ""))
    }

    /// Guesses which server uses the address that headscale's configuration gave `flag`.
    private static func hint(about flag: Flag, _ sources: SettingSources) -> String? {
        guard sources.sharedWithHeadscale.contains(flag) else { return nil }
        return switch flag {
        case Flag[\.listening.stunAddress]:
            "headscale's embedded server may answer STUN there: -stun=false leaves STUN to it, or give another --stun-listen"
        case Flag[\.listening.address]:
            "the proxy before headscale may listen there: give -a an address to which the proxy leads"
        default: nil
        }
    }

    /// Why the map that `relay` serves can't be read, with the file at fault.
    init(reading error: DERPError, by relay: RelayServer) async {
        let failed = await relay.regionMap.status.first { $0.failure != nil }
        self.init(Flag[\.map.paths], value: failed?.name, error)
    }
}
