import IPAddresses
import STUNKit

/// The observations of a node, before they are judged.
struct NodeEvidence: Sendable {
    typealias Outcome<Value: Sendable> = Result<Value, DERPError>

    var ipv4 = FamilyEvidence()
    var ipv6 = FamilyEvidence()
    /// The login by HTTP upgrade, which clients need behind proxies that inspect TLS.
    var upgrade: Outcome<LoginEvidence>?
    /// Further logins, to compare their server keys.
    var repeats: [Outcome<LoginEvidence>] = []
    /// The keys in the meta certificates of further TLS connections, for relays that refuse logins.
    var metaKeys: [NodePublicKey] = []
    var relaying: Outcome<RelayingEvidence>?
    var captivePortal: Outcome<CaptivePortalEvidence>?

    subscript(family: IPAddress.Family) -> FamilyEvidence {
        get { family == .ipv4 ? self.ipv4 : self.ipv6 }
        set {
            switch family {
            case .ipv4: self.ipv4 = newValue
            case .ipv6: self.ipv6 = newValue
            }
        }
    }

    /// The first login that worked.
    var login: LoginEvidence? {
        for family in [self.ipv4, self.ipv6] {
            if case .success(let login)? = family.login { return login }
        }
        return nil
    }

    /// All keys that the server has shown.
    var serverKeys: Set<NodePublicKey> {
        var outcomes = self.repeats
        for outcome in [self.ipv4.login, self.ipv6.login, self.upgrade] {
            if let outcome { outcomes.append(outcome) }
        }
        return Set(outcomes.compactMap { try? $0.get().serverKey }).union(self.metaKeys)
    }
}

/// The observations of a node over IPv4 or IPv6.
struct FamilyEvidence: Sendable {
    var addresses = Addresses.unused
    /// Whether this machine has a route to the first address.
    var hasRoute = true
    /// The result of TCP and TLS, with any certificate.
    var handshake: NodeEvidence.Outcome<HandshakeEvidence>?
    /// The result of a whole login, with a verified certificate.
    var login: NodeEvidence.Outcome<LoginEvidence>?
    var stun: NodeEvidence.Outcome<STUNMapping>?

    enum Addresses: Hashable, Sendable {
        /// The node or the user doesn't use this family.
        case unused
        /// The map has this value, which isn't an address of the family.
        case malformed(String)
        /// The name has no address of this family.
        case none
        /// DNS failed with this error.
        case failed(DERPError)
        case known([IPAddress])
    }

    /// The node's addresses; empty if they are unknown.
    var known: [IPAddress] {
        if case .known(let addresses) = self.addresses { addresses } else { [] }
    }

    /// Whether there is an address to connect to, and a route.
    var isUsable: Bool { !self.known.isEmpty && self.hasRoute }

    /// Whether the relay answers, but refuses unknown clients.
    var isRefused: Bool {
        if case .failure(let error)? = self.login { error.code == .refused } else { false }
    }
}
