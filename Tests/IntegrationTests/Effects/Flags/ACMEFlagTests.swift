import TestSupport
import Testing

@Suite("Effects of flags: certificates by ACME", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ACMEFlagTests {
    private static let key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"

    static let effects: [FlagEffect] = [
        FlagEffect("acme-directory", "asked") { trial in
            let authority = try ImitatedAuthority()
            // Without the flag Let's Encrypt would be asked: somebody else is, who isn't there.
            let elsewhere = trial.isGiven ? [:] : ["acme-directory": "https://127.0.0.1:1/dir"]
            _ = try Self.server("acme-directory", authority.url, of: authority, trial, asks: elsewhere)
            return try trial.comes { !authority.requests("account").isEmpty } ? "asked" : "not asked"
        },
        FlagEffect("acme-email", "mailto:admin@a.test") { trial in
            let authority = try ImitatedAuthority()
            _ = try Self.server("acme-email", "admin@a.test", of: authority, trial)
            let account = try authority.next("account")
            return (account["contact"] as? [String])?.first ?? "nobody"
        },
        FlagEffect("acme-eab-kid", "kid-1") { trial in
            let authority = try ImitatedAuthority(bindingKey: Self.key)
            // Neither is taken without the other.
            let other = trial.isGiven ? ["acme-eab-key": Self.key] : [:]
            _ = try Self.server("acme-eab-kid", "kid-1", of: authority, trial, other)
            return try authority.next("account")["boundKey"] as? String ?? "none"
        },
        FlagEffect("acme-eab-key", "signed by it") { trial in
            let authority = try ImitatedAuthority(bindingKey: Self.key)
            let other = trial.isGiven ? ["acme-eab-kid": "kid-1"] : [:]
            _ = try Self.server("acme-eab-key", Self.key, of: authority, trial, other)
            return try authority.next("account")["isBound"] as? Bool == true ? "signed by it" : "not signed"
        },
        FlagEffect("acme-ip-certs", "ordered") { trial in
            let authority = try ImitatedAuthority()
            // The address stands behind a name: alone, it would be refused without the flag.
            let server = try Self.server("acme-ip-certs", "true", of: authority, trial)
            let isOrdered = try trial.comes {
                // Whoever comes without a name comes for the address.
                _ = try? server.connect()
                return authority.requests("order").contains {
                    ($0["identifiers"] as? [[String: String]])?.first == ["type": "ip", "value": "127.0.0.1"]
                }
            }
            return isOrdered ? "ordered" : "not ordered"
        },
        FlagEffect("acme-profile", "short") { trial in
            let authority = try ImitatedAuthority()
            _ = try Self.server("acme-profile", "short", of: authority, trial)
            return try authority.next("order")["profile"] as? String ?? "the authority's own"
        },
        FlagEffect("acme-retry-delay", "tried again") { trial in
            let authority = try ImitatedAuthority()
            _ = try Self.server("acme-retry-delay", "1s", of: authority, trial)
            _ = try authority.next("order")
            let isAgain = try trial.comes(within: .seconds(3)) { authority.requests("order").count > 1 }
            return isAgain ? "tried again" : "not yet"
        },
    ]

    /// A server that orders from `authority`, or from who `directory` says.
    private static func server(
        _ flag: String,
        _ value: String,
        of authority: ImitatedAuthority,
        _ trial: FlagTrial,
        _ others: [String: String] = [:],
        asks directory: [String: String]? = nil
    ) throws -> ServerProcess {
        _ = trial.keep(authority)
        let common = ["ca-file": authority.certificateFile]
        let settings = (directory ?? ["acme-directory": authority.url]).merging(common) { $1 }.merging(others) { $1 }
        return try trial.server(flag, value, with: settings) {
            $0.certificate = .letsencrypt
            $0.hostname = "a.test"
        }
    }

    @Test("A flag has its effect in every form, and without it there is none", arguments: effects.flatMap(\.cases))
    func effect(trial: FlagEffect.Case) throws { try trial.verify() }
}
