import AsyncSockets
import Synchronization

/// The certificates that a relay shows, one for each of its names. They may be replaced while it serves: connections that
/// are open stay as they are, and new ones see the new certificate.
public final class CertificateSet: Sendable {
    /// The names, each once. The first is shown to clients that ask for none of them, or say no name.
    public let hosts: [String]
    private let positions: [String: Int]
    private let state: Mutex<State>

    /// A certificate as it is served.
    struct Entry: Sendable {
        let certificate: Certificate
        /// Another for each certificate that was ever put in.
        let generation: Int
    }

    private struct State {
        var entries: [Entry?]
        var problems: [String?]
        var generations = 0
        var replacements: UInt64 = 0
        var failures: UInt64 = 0
        var refusals: UInt64 = 0
    }

    /// How the certificate of one name does.
    public struct Status: Hashable, Sendable {
        /// The name, as in ``CertificateSet/hosts``.
        public let host: String
        /// When the certificate expires, in seconds since 1970; `nil`: there is none yet.
        public let expiry: Int?
        /// Why it could not be renewed or read anew when that was last tried; `nil`: it could, or was not tried.
        public let problem: String?
    }

    /// Numbers since the start.
    struct Counters: Hashable, Sendable {
        /// Certificates that took another's place, or were the first.
        var replacements: UInt64
        /// New ones that could not be had or used.
        var failures: UInt64
        /// TLS clients that were refused, as there was no certificate for them.
        var refusals: UInt64
    }

    /// A set without certificates yet: clients are refused until ``replace(_:for:)`` brings one.
    ///
    /// - Parameter hosts: 1…100 DNS names and IP addresses.
    /// - Throws: ``DERPError`` with code `certificate` when there are none or too many, one is no name, or is there twice.
    public init(hosts: [String]) throws(DERPError) {
        guard (1...Self.maximumCount).contains(hosts.count) else {
            throw DERPError(.certificate, "a server has 1…\(Self.maximumCount) names, not \(hosts.count)")
        }
        var positions = [String: Int]()
        for (index, text) in hosts.enumerated() {
            let host = try CertificateHost.parse(text)
            guard positions.updateValue(index, forKey: host.key) == nil else {
                throw DERPError(.certificate, "\(text) is there twice")
            }
        }
        self.hosts = hosts
        self.positions = positions
        self.state = Mutex(
            State(
                entries: Array(repeating: nil, count: hosts.count),
                problems: Array(repeating: nil, count: hosts.count)
            )
        )
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
    /// What the only certificate of a set is called that was given none.
    private static let anyHost = "default"

    /// The certificate of a host; `nil` when there is none.
    public func certificate(for host: String) -> Certificate? {
        guard let index = self.positions[CertificateHost.key(of: host)] else { return nil }
        return self.state.withLock { $0.entries[index]?.certificate }
    }

    /// Shows `certificate` from now on to clients that ask for `host`.
    ///
    /// - Throws: ``DERPError`` with code `certificate` when TLS can't be done with it, or `host` is not in ``hosts``. The
    ///   former certificate is then shown as before.
    public func replace(_ certificate: Certificate, for host: String) throws(DERPError) {
        guard let index = self.positions[CertificateHost.key(of: host)] else {
            throw DERPError(.certificate, "\(host) is none of this server's names")
        }
        // What parses may still be refused by TLS, such as a key that is too short.
        do {
            _ = try TLSContext(serverChainPEM: certificate.chainPEM, privateKeyPEM: certificate.privateKeyPEM)
        } catch {
            throw DERPError(.certificate, "TLS can't be done with the certificate: \(error.message)")
        }
        self.state.withLock { state in
            state.generations += 1
            state.entries[index] = Entry(certificate: certificate, generation: state.generations)
            state.problems[index] = nil
            state.replacements += 1
        }
    }

    /// Notes that a new certificate for `host` could not be had or used, and why.
    func noteProblem(_ problem: String, for host: String) {
        guard let index = self.positions[CertificateHost.key(of: host)] else { return }
        self.state.withLock { state in
            state.problems[index] = problem
            state.failures += 1
        }
    }

    /// How each name's certificate does, in the order of ``hosts``.
    public var status: [Status] {
        self.state.withLock { state in
            self.hosts.indices.map { index in
                Status(
                    host: self.hosts[index],
                    expiry: state.entries[index]?.certificate.validity.upperBound,
                    problem: state.problems[index]
                )
            }
        }
    }

    var counters: Counters {
        self.state.withLock {
            Counters(replacements: $0.replacements, failures: $0.failures, refusals: $0.refusals)
        }
    }
}

// MARK: Choosing

extension CertificateSet {
    /// What a client is shown that asks for `name`; `nil`, which is counted, when there is nothing to show.
    func entry(for name: String?) -> Entry? {
        let index = name.flatMap { self.positions[$0] } ?? 0
        return self.state.withLock { state in
            // A name without a certificate yet is no reason to leave a client without any.
            let entry = state.entries[index] ?? state.entries[0]
            if entry == nil { state.refusals += 1 }
            return entry
        }
    }

    /// All that are there now.
    var entries: [Entry] { self.state.withLock { $0.entries.compactMap { $0 } } }
}
