import AsyncSockets
import FoundationEssentials

/// The certificates of a relay, one for each of its names. They may be replaced while it serves: open connections stay
/// as they are, and new ones get the new certificate.
public final class CertificateSet: Sendable {
    /// The answers to challenges of ACME servers.
    package let challenges = ACMEChallenges()
    /// The addresses for which clients wanted a certificate, each once. For one reader.
    let wishes: AsyncStream<CertificateHost>
    private let wisher: AsyncStream<CertificateHost>.Continuation
    private let state: Lock<State>
    /// Who wants to hear for which host a certificate was put to use.
    let listeners = Listeners<String>()

    /// A certificate in use.
    struct Entry: Sendable {
        let certificate: Certificate
        /// A number that is different for each certificate that was ever added.
        let generation: Int
    }

    private struct Host {
        var text: String
        /// The family of an address; `nil` for a name.
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
        /// The number of addresses that may still be added.
        var addressesLeft = 0
        var acceptsPrivate = false

        mutating func add(_ host: CertificateHost) -> Bool {
            guard self.positions.updateValue(self.hosts.count, forKey: host.key) == nil else { return false }
            let family: IPAddress.Family? = if case .address(let address) = host.kind { address.family } else { nil }
            self.hosts.append(Host(text: host.text, family: family))
            return true
        }

        /// For a client that names no host, because it was given an address. Behind a NAT, the address may be unknown
        /// here, but not its family.
        func entry(ofFamilyOf address: IPAddress?, for name: String?) -> Entry? {
            guard let family = name.map({ IPAddress($0)?.family }) ?? address?.family else { return nil }
            return self.hosts.lazy.filter { $0.family == family }.compactMap(\.entry).first
        }
    }

    /// The state of the certificate of one name.
    public struct Status: Hashable, Sendable {
        /// The name, as it was given. For the only certificate of a relay that was given no names, the names in it,
        /// with commas between them.
        public let host: String
        /// The time at which the certificate expires; `nil` if there is none yet.
        public let expiry: Date?
        /// The reason why it couldn't be renewed or read again at the last try; `nil` if that worked, or wasn't tried.
        public let problem: String?
    }

    /// Counts since the start.
    struct Counters: Hashable, Sendable {
        /// The number of certificates that replaced another one, or were the first.
        var replacements: UInt64 = 0
        /// The number of new certificates that couldn't be obtained or used.
        var failures: UInt64 = 0
        /// The number of TLS clients that were refused because there was no certificate for them.
        var refusals: UInt64 = 0
    }

    /// Makes a set without certificates. Clients are refused until ``replace(_:for:)`` adds one.
    ///
    /// - Parameter hosts: 1…100 DNS names and IP addresses. Clients that ask for none of them get the certificate of
    ///   the first one. A client that names no host gets the certificate of the address to which it connected,
    ///   otherwise of the first address of that family, otherwise the first one.
    /// - Throws: ``DERPError`` with code `certificate` if there are none or too many, or one isn't a name, or is there
    ///   twice.
    public init(hosts: [String]) throws(DERPError) {
        guard (1...Self.maximumCount).contains(hosts.count) else {
            throw DERPError(.certificate, "a server has 1…\(Self.maximumCount) names, not \(hosts.count)")
        }
        var state = State()
        for text in hosts {
            guard state.add(try CertificateHost.parse(text)) else {
                throw DERPError(.certificate, "\(text) appears twice")
            }
        }
        self.state = Lock(state)
        (self.wishes, self.wisher) = AsyncStream.makeStream()
    }

    /// Makes a set with one certificate for all clients, whatever name they ask for.
    ///
    /// - Throws: As ``replace(_:for:)``.
    package convenience init(_ certificate: Certificate) throws(DERPError) {
        try self.init(hosts: [Self.anyHost])
        if !certificate.names.isEmpty {
            self.state.withLock { $0.hosts[0].text = certificate.names.joined(separator: ",") }
        }
        try self.replace(certificate, for: Self.anyHost)
    }

    /// The maximum number of names of a server.
    package static let maximumCount = 100
    /// The maximum number of addresses that may be added to them.
    static let maximumAddressCount = 16
    /// Stands for every name in a set without names.
    private static let anyHost = "default"

    /// Returns the certificate of a host, or `nil` if there is none.
    package func certificate(for host: String) -> Certificate? {
        let key = CertificateHost.key(of: host)
        return self.state.withLock { state in state.positions[key].flatMap { state.hosts[$0].entry?.certificate } }
    }

    /// The certificate for clients that ask for no name; `nil` if there is none.
    package var defaultCertificate: Certificate? { self.state.withLock { $0.hosts[0].entry?.certificate } }

    /// Uses `certificate` from now on for clients that ask for `host`.
    ///
    /// - Throws: ``DERPError`` with code `certificate` if TLS doesn't work with it, or `host` isn't in the set. The
    ///   previous certificate then stays in use.
    public func replace(_ certificate: Certificate, for host: String) throws(DERPError) {
        // TLS may still refuse what can be parsed, such as a key that is too short.
        do {
            _ = try TLSContext(serverChainPEM: certificate.chainPEM, privateKeyPEM: certificate.privateKeyPEM)
        } catch {
            throw DERPError(.certificate, "TLS can't be done with the certificate: \(error.message)")
        }
        let key = CertificateHost.key(of: host)
        let text = self.state.withLock { state -> String? in
            guard let index = state.positions[key] else { return nil }
            state.generations += 1
            state.hosts[index].entry = Entry(certificate: certificate, generation: state.generations)
            state.hosts[index].problem = nil
            state.counters.replacements += 1
            return state.hosts[index].text
        }
        guard let text else { throw DERPError(.certificate, "\(host) is none of this server's names") }
        self.listeners.tell(text)
    }

    /// Records that a new certificate for `host` couldn't be obtained or used, and why.
    func noteProblem(_ problem: String, for host: String) {
        let key = CertificateHost.key(of: host)
        self.state.withLock { state in
            guard let index = state.positions[key] else { return }
            state.hosts[index].problem = problem
            state.counters.failures += 1
        }
    }

    /// The state of each name's certificate, in their order.
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
    /// Returns the certificate for a client that asks for `name`, or `nil`, which is counted, if there is none.
    ///
    /// - Parameter address: The server's address to which the client connected, if that may count.
    func entry(for name: String?, at address: IPAddress? = nil) -> Entry? {
        self.state.withLock { state in
            let index = name.flatMap { state.positions[$0] } ?? self.position(of: address, for: name, in: &state)
            // A name that doesn't have a certificate yet is no reason to leave a client without any.
            let entry =
                index.flatMap { state.hosts[$0].entry }
                ?? state.entry(ofFamilyOf: address, for: name)
                ?? state.hosts[0].entry
            if entry == nil { state.counters.refusals += 1 }
            return entry
        }
    }

    /// All certificates that are there now.
    var entries: [Entry] { self.state.withLock { $0.hosts.compactMap(\.entry) } }
}

// MARK: Addresses

extension CertificateSet {
    /// Adds the addresses to which clients connect to the names, at most ``maximumAddressCount``.
    func acceptAddresses(alsoPrivate: Bool) {
        self.state.withLock { state in
            state.addressesLeft = Self.maximumAddressCount
            state.acceptsPrivate = alsoPrivate
        }
    }

    /// Whether the address to which a client connects counts.
    var heedsAddresses: Bool { self.state.withLock { $0.addressesLeft > 0 || $0.hosts.count > 1 } }

    /// Returns the position of the certificate of the address to which a client connected. A client that asks for a
    /// name doesn't mean the address.
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
