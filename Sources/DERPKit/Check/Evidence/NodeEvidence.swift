import AsyncSockets
import STUNKit

/// What was seen of a node, before anybody judges it.
struct NodeEvidence: Sendable {
    typealias Outcome<Value: Sendable> = Result<Value, DERPError>

    var ipv4 = FamilyEvidence()
    var ipv6 = FamilyEvidence()
    /// The login by HTTP upgrade, which clients need behind proxies that look into TLS.
    var upgrade: Outcome<LoginEvidence>?
    /// More logins, for their server keys.
    var repeats: [Outcome<LoginEvidence>] = []
    /// What the meta certificates of more TLS connections say, where logins are refused.
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

    /// Whether the relay answers, but refuses strangers.
    var isRefused: Bool { self.ipv4.isRefused || self.ipv6.isRefused }

    /// All keys that the server has shown.
    var serverKeys: Set<NodePublicKey> {
        var outcomes = self.repeats
        for outcome in [self.ipv4.login, self.ipv6.login, self.upgrade] {
            if let outcome { outcomes.append(outcome) }
        }
        return Set(outcomes.compactMap { try? $0.get().serverKey }).union(self.metaKeys)
    }
}

/// What was seen of a node over IPv4 or IPv6.
struct FamilyEvidence: Sendable {
    var addresses = Addresses.unused
    /// Whether this machine has a way to the first address.
    var hasRoute = true
    /// TCP and TLS, whatever the certificate.
    var handshake: NodeEvidence.Outcome<HandshakeEvidence>?
    /// All of it, with the certificate verified.
    var login: NodeEvidence.Outcome<LoginEvidence>?
    var stun: NodeEvidence.Outcome<STUNMapping>?

    enum Addresses: Hashable, Sendable {
        /// The node, or the user, doesn't want this family.
        case unused
        /// The map has this, which is no address of the family.
        case malformed(String)
        /// The name has none.
        case none
        /// The name can't be looked up.
        case failed(DERPError)
        case known([IPAddress])
    }

    /// Where the node is; empty when that isn't known.
    var known: [IPAddress] {
        if case .known(let addresses) = self.addresses { addresses } else { [] }
    }

    /// Whether there is something to connect to.
    var isUsable: Bool { !self.known.isEmpty && self.hasRoute }

    var isRefused: Bool {
        if case .failure(let error)? = self.login { error.code == .refused } else { false }
    }
}
