import AsyncSockets
import Synchronization

/// The certificates that a relay shows, one for each of its names. They may be replaced while it serves: connections that
/// are open stay as they are, and new ones see the new certificate.
public final class CertificateSet: Sendable {
    /// The answers to challenges of ACME servers.
    package let challenges = ACMEChallenges()
    /// Addresses that clients wanted a certificate for, each once. For one reader.
    let wishes: AsyncStream<CertificateHost>
    private let wisher: AsyncStream<CertificateHost>.Continuation
    private let state: Mutex<State>

    /// A certificate as it is served.
    struct Entry: Sendable {
        let certificate: Certificate
        /// Another for each certificate that was ever put in.
        let generation: Int
    }

    private struct Host {
        let text: String
        /// That of an address; `nil` for a name.
        let family: IPAddress.Family?
        var entry: Entry?
        var problem: String?
    }

    private struct State {
        var hosts: [Host] = []
        /// By the hosts' keys.
        var positions: [String: Int] = [:]
        var generations = 0
        var counters = Counters()
        /// How many addresses may still be added.
        var addressesLeft = 0
        var acceptsPrivate = false

        mutating func add(_ host: CertificateHost) -> Bool {
            guard self.positions.updateValue(self.hosts.count, forKey: host.key) == nil else { return false }
            let family: IPAddress.Family? = if case .address(let address) = host.kind { address.family } else { nil }
            self.hosts.append(Host(text: host.text, family: family))
            return true
        }

        /// For a client that says no name, and so was told an address: which one may be unknown here, behind a NAT, but not
        /// its family.
        func entry(ofFamilyOf address: IPAddress?, for name: String?) -> Entry? {
            guard let family = name.map({ IPAddress($0)?.family }) ?? address?.family else { return nil }
            return self.hosts.lazy.filter { $0.family == family }.compactMap(\.entry).first
        }
    }

    /// How the certificate of one name does.
    public struct Status: Hashable, Sendable {
        /// The name, as it was given.
        public let host: String
        /// When the certificate expires, in seconds since 1970; `nil`: there is none yet.
        public let expiry: Int?
        /// Why it could not be renewed or read anew when that was last tried; `nil`: it could, or was not tried.
        public let problem: String?
    }

    /// Numbers since the start.
    struct Counters: Hashable, Sendable {
        /// Certificates that took another's place, or were the first.
        var replacements: UInt64 = 0
        /// New ones that could not be had or used.
        var failures: UInt64 = 0
        /// TLS clients that were refused, as there was no certificate for them.
        var refusals: UInt64 = 0
    }

    /// A set without certificates yet: clients are refused until ``replace(_:for:)`` brings one.
    ///
    /// - Parameter hosts: 1…100 DNS names and IP addresses. The first is shown to clients that ask for none of them. One
    ///   that says no name is shown the certificate of the address by which it came, or else of the first address of that
    ///   family, or else the first.
    /// - Throws: ``DERPError`` with code `certificate` when there are none or too many, one is no name, or is there twice.
    public init(hosts: [String]) throws(DERPError) {
        guard (1...Self.maximumCount).contains(hosts.count) else {
            throw DERPError(.certificate, "a server has 1…\(Self.maximumCount) names, not \(hosts.count)")
        }
        var state = State()
        for text in hosts {
            guard state.add(try CertificateHost.parse(text)) else {
                throw DERPError(.certificate, "\(text) is there twice")
            }
        }
        self.state = Mutex(state)
        (self.wishes, self.wisher) = AsyncStream.makeStream()
    }

    /// One certificate for all clients, whatever name they ask for.
    ///
    /// - Throws: As ``replace(_:for:)``.
    public convenience init(_ certificate: Certificate) throws(DERPError) {
        try self.init(hosts: [Self.anyHost])
        try self.replace(certificate, for: Self.anyHost)
    }

    /// How many names a server may have.
    public static let maximumCount = 100
    /// How many addresses may be added to them.
    static let maximumAddressCount = 16
    /// What the only certificate of a set is called that was given none.
    private static let anyHost = "default"

    /// The certificate of a host; `nil` when there is none.
    public func certificate(for host: String) -> Certificate? {
        let key = CertificateHost.key(of: host)
        return self.state.withLock { state in state.positions[key].flatMap { state.hosts[$0].entry?.certificate } }
    }

    /// The certificate that is shown to clients that ask for no name; `nil` when there is none.
    public var defaultCertificate: Certificate? { self.state.withLock { $0.hosts[0].entry?.certificate } }

    /// Shows `certificate` from now on to clients that ask for `host`.
    ///
    /// - Throws: ``DERPError`` with code `certificate` when TLS can't be done with it, or `host` is none of the set's. The
    ///   former certificate is then shown as before.
    public func replace(_ certificate: Certificate, for host: String) throws(DERPError) {
        // What parses may still be refused by TLS, such as a key that is too short.
        do {
            _ = try TLSContext(serverChainPEM: certificate.chainPEM, privateKeyPEM: certificate.privateKeyPEM)
        } catch {
            throw DERPError(.certificate, "TLS can't be done with the certificate: \(error.message)")
        }
        let key = CertificateHost.key(of: host)
        let isKnown = self.state.withLock { state in
            guard let index = state.positions[key] else { return false }
            state.generations += 1
            state.hosts[index].entry = Entry(certificate: certificate, generation: state.generations)
            state.hosts[index].problem = nil
            state.counters.replacements += 1
            return true
        }
        guard isKnown else { throw DERPError(.certificate, "\(host) is none of this server's names") }
    }

    /// Notes that a new certificate for `host` could not be had or used, and why.
    func noteProblem(_ problem: String, for host: String) {
        let key = CertificateHost.key(of: host)
        self.state.withLock { state in
            guard let index = state.positions[key] else { return }
            state.hosts[index].problem = problem
            state.counters.failures += 1
        }
    }

    /// How each name's certificate does, in their order.
    public var status: [Status] {
        self.state.withLock { state in
            state.hosts.map { host in
                let expiry = host.entry?.certificate.validity.upperBound
                return Status(host: host.text, expiry: expiry, problem: host.problem)
            }
        }
    }

    var counters: Counters { self.state.withLock { $0.counters } }
}

// MARK: Choosing

extension CertificateSet {
    /// What a client is shown that asks for `name`; `nil`, which is counted, when there is nothing to show.
    ///
    /// - Parameter address: by which of the server's addresses the client came, where that may count.
    func entry(for name: String?, at address: IPAddress? = nil) -> Entry? {
        self.state.withLock { state in
            let index = name.flatMap { state.positions[$0] } ?? self.position(of: address, for: name, in: &state)
            // A name without a certificate yet is no reason to leave a client without any.
            let entry =
                index.flatMap { state.hosts[$0].entry }
                ?? state.entry(ofFamilyOf: address, for: name)
                ?? state.hosts[0].entry
            if entry == nil { state.counters.refusals += 1 }
            return entry
        }
    }

    /// All that are there now.
    var entries: [Entry] { self.state.withLock { $0.hosts.compactMap(\.entry) } }
}

// MARK: Addresses

extension CertificateSet {
    /// Has addresses by which clients come join the names, so many at most as ``maximumAddressCount``.
    func acceptAddresses(alsoPrivate: Bool) {
        self.state.withLock { state in
            state.addressesLeft = Self.maximumAddressCount
            state.acceptsPrivate = alsoPrivate
        }
    }

    /// Whether it counts by which address a client comes.
    var heedsAddresses: Bool { self.state.withLock { $0.addressesLeft > 0 || $0.hosts.count > 1 } }

    /// Where the certificate of an address is that a client came by. Whoever asks for a name doesn't mean the address.
    private func position(of address: IPAddress?, for name: String?, in state: inout State) -> Int? {
        guard let address, name == nil || name.flatMap(IPAddress.init) == address else { return nil }
        let host = CertificateHost(address)
        if let index = state.positions[host.key] { return index }
        guard state.addressesLeft > 0, state.acceptsPrivate || !address.isPrivate, state.add(host) else { return nil }
        state.addressesLeft -= 1
        self.wisher.yield(host)
        return state.hosts.count - 1
    }
}
