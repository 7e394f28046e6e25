import AsyncSockets
import Glibc

/// The relay's side of TLS: each client gets the certificate that it asks for, with the meta certificate behind the
/// chain.
final class RelayTLS: Sendable {
    private let certificates: CertificateSet
    private let select: Selection
    /// The context with which every connection starts.
    private let general: TLSContext
    /// The contexts for server addresses, where the address matters.
    private let special = Lock<[IPAddress: TLSContext]>([:])

    private typealias Selection = @Sendable (TLSClientHello, IPAddress?) -> TLSContext?
    /// The maximum number of this server's addresses that have their own context.
    private static let maximumAddressCount = 64

    /// Creates the contexts.
    ///
    /// - Parameter now: Returns the time, in seconds since 1970.
    /// - Throws: ``DERPError`` with code `certificate` when TLS can't be set up with what `certificates` holds now.
    init(
        certificates: CertificateSet,
        key: NodePublicKey,
        now: @escaping @Sendable () -> Int = { time(nil) }
    ) throws(DERPError) {
        let contexts = Contexts(key: key)
        for entry in certificates.entries { _ = try contexts.context(for: entry, of: certificates, now: now()) }
        let select: Selection = { hello, address in
            if ACMEChallenges.isValidation(hello) { return certificates.challenges.context(for: hello.serverName) }
            guard let entry = certificates.entry(for: hello.serverName, at: address) else { return nil }
            return try? contexts.context(for: entry, of: certificates, now: now())
        }
        do {
            self.general = try TLSContext { select($0, nil) }
        } catch {
            throw DERPError(.certificate, error.message)
        }
        self.certificates = certificates
        self.select = select
    }

    /// Returns the context with which a connection starts.
    ///
    /// - Parameter address: Returns the server address at which the connection came in. Called only where the address
    ///   matters.
    func context(at address: () -> IPAddress?) -> TLSContext {
        guard self.certificates.heedsAddresses, let address = address() else { return self.general }
        return self.special.withLock { special in
            if let context = special[address] { return context }
            let select = self.select
            guard special.count < Self.maximumAddressCount,
                let context = try? TLSContext(selecting: { select($0, address) })
            else { return self.general }
            special[address] = context
            return context
        }
    }

    /// Returns the context with the certificate for a client that sends `hello`.
    func selected(for hello: TLSClientHello, at address: IPAddress? = nil) -> TLSContext? {
        self.select(hello, address)
    }
}

extension RelayTLS {
    /// The contexts of the certificates in use. Each is renewed long before its meta certificate expires.
    private final class Contexts: Sendable {
        private struct Made {
            var context: TLSContext
            /// When the context was made, or when that was last tried, in seconds since 1970.
            var time: Int
        }

        private let key: NodePublicKey
        /// The contexts by the certificate's generation.
        private let made = Lock<[Int: Made]>([:])

        /// How long a meta certificate is shown, in seconds. It is valid for 30 days.
        private static let lifetime = 10 * 86400

        init(key: NodePublicKey) { self.key = key }

        func context(for entry: CertificateSet.Entry, of certificates: CertificateSet, now: Int)
            throws(DERPError) -> TLSContext
        {
            try self.made.withLock { made throws(DERPError) in
                guard var previous = made[entry.generation] else {
                    let context = try self.makeContext(entry.certificate, now: now)
                    let current = Set(certificates.entries.map(\.generation))
                    made = made.filter { current.contains($0.key) }
                    made[entry.generation] = Made(context: context, time: now)
                    return context
                }
                // A clock that was set back counts too, because the certificate's validity would begin in the future.
                guard !(previous.time...previous.time + Self.lifetime).contains(now) else { return previous.context }
                previous.time = now
                // If it fails, the previous context stays in use, and the next try comes in time.
                if let context = try? self.makeContext(entry.certificate, now: now) { previous.context = context }
                made[entry.generation] = previous
                return previous.context
            }
        }

        private func makeContext(_ certificate: Certificate, now: Int) throws(DERPError) -> TLSContext {
            do {
                return try TLSContext(
                    serverChainPEM: certificate.chainPEM,
                    privateKeyPEM: certificate.privateKeyPEM,
                    appendedDER: [MetaCertificate.make(for: self.key, now: now)]
                )
            } catch {
                throw DERPError(.certificate, "\(error)")
            }
        }
    }
}
