import AsyncSockets
import Glibc
import Logging

/// Orders a server's certificates from an ACME server (RFC 8555) and renews them when a third of their lifetime is
/// left, while the server uses them. Tries again after failures, with growing pauses. The server uses the previous
/// certificate in the meantime.
public actor ACMECertificates {
    /// The certificates for clients. ``RelayServer/Configuration/Security/acme(_:)`` uses them.
    package nonisolated let certificates: CertificateSet

    private let configuration: ACMEConfiguration
    private let accountKey: ACMEAccountKey
    private let store: ACMEStore
    private let http: HTTPClient
    /// Keeps the loop running that serves ``http``.
    private let group: IOLoopGroup
    private var logger = Logger(label: "derp") { _ in SwiftLogNoOpLogHandler() }
    private var hosts: [Host] = []
    /// The log lines about each host's orders, by its name. The authority may cause any number of them.
    private var orderLines: [String: LimitedLine] = [:]
    private var sleeper: Task<Void, Never>?

    /// What is known about one host.
    private struct Host {
        let name: CertificateHost
        var schedule: ACMESchedule
        /// The time at which the certificate is due, in seconds since 1970.
        var renewal = 0
        /// The earliest time for the next try after a failure.
        var retry: ContinuousClock.Instant?

        func wait(now: Int) -> Duration {
            let untilRenewal = Duration.seconds(max(0, self.renewal - now))
            return self.retry.map { max(untilRenewal, $0 - .now) } ?? untilRenewal
        }
    }

    /// Reads the stored certificates and the account's key, which is made if it is missing. Orders nothing before
    /// the relay runs.
    ///
    /// - Parameters:
    ///   - configuration: Where to order certificates, and how.
    ///   - hosts: The names and addresses of the server. The first one is for clients that ask for none of them.
    /// - Throws: ``DERPError``: `invalidConfiguration`, or `certificate` if the directory or the authorities can't be
    ///   used.
    public init(configuration: ACMEConfiguration, hosts: [String]) throws(DERPError) {
        try self.init(configuration: configuration, hosts: hosts, storesKey: true)
    }

    /// Like ``init(configuration:hosts:)``, but can leave the account's key unstored if nothing is to be ordered.
    package init(configuration: ACMEConfiguration, hosts: [String], storesKey: Bool) throws(DERPError) {
        try configuration.validate()
        self.configuration = configuration
        self.certificates = try CertificateSet(hosts: hosts)
        self.store = ACMEStore(directory: configuration.storage)
        self.accountKey = try self.store.accountKey(stores: storesKey)
        do {
            self.group = try IOLoopGroup(count: 1)
        } catch {
            throw DERPError(.invalidConfiguration, error.message)
        }
        self.http = try HTTPClient(on: self.group.loops[0], authoritiesPEM: configuration.authoritiesPEM)
        for host in hosts {
            self.hosts.append(try Self.load(.parse(host), from: self.store, configuration, into: self.certificates))
        }
        if configuration.ordersForAddresses {
            // Public authorities don't certify private addresses.
            self.certificates.acceptAddresses(
                alsoPrivate: configuration.directoryURL != ACMEConfiguration.letsEncrypt
            )
        }
    }

    private static func load(
        _ name: CertificateHost,
        from store: ACMEStore,
        _ configuration: ACMEConfiguration,
        into certificates: CertificateSet
    ) throws(DERPError) -> Host {
        var host = Host(name: name, schedule: ACMESchedule(firstDelay: configuration.retryDelay))
        guard let stored = try store.certificate(for: name, from: configuration.directoryURL) else { return host }
        try certificates.replace(stored.certificate, for: name.text)
        // A certificate from elsewhere, such as a staging server, is used until the first one from here arrives.
        if stored.isFromThere { host.renewal = ACMESchedule.renewal(of: stored.certificate.validSeconds) }
        return host
    }
}

// MARK: Keeping

extension ACMECertificates {
    /// Orders what is due, one after another, until the task is cancelled. The server must already listen, because the
    /// authority validates at once.
    ///
    /// - Parameter logger: The logger; `nil` logs nothing.
    package func run(logger: Logger? = nil) async {
        if let logger { self.logger = logger }
        let wishes = Task {
            for await host in self.certificates.wishes { self.add(host) }
        }
        defer {
            wishes.cancel()
            self.orderLines.values.forEach { $0.flush() }
        }
        while !Task.isCancelled {
            let waits = self.hosts.map { $0.wait(now: time(nil)) }
            guard let next = waits.indices.min(by: { waits[$0] < waits[$1] }) else { return }
            if waits[next] > .zero {
                // At most an hour, because the clock may be set.
                await self.sleep(for: min(waits[next], .seconds(3600)))
            } else {
                await self.order(next)
            }
        }
    }

    /// Tries again at once what has failed.
    package func retry() {
        for index in self.hosts.indices { self.hosts[index].retry = nil }
        self.sleeper?.cancel()
    }

    /// Adds an address to which clients connected.
    private func add(_ name: CertificateHost) {
        let host: Host
        do {
            host = try Self.load(name, from: self.store, self.configuration, into: self.certificates)
        } catch {
            self.logger.error("A stored certificate can't be used", metadata: ["problem": "\(error)"])
            host = Host(name: name, schedule: ACMESchedule(firstDelay: self.configuration.retryDelay))
        }
        self.hosts.append(host)
        self.sleeper?.cancel()
    }

    private func sleep(for time: Duration) async {
        let sleeper = Task { _ = try? await Task.sleep(for: time) }
        self.sleeper = sleeper
        await withTaskCancellationHandler {
            await sleeper.value
        } onCancel: {
            sleeper.cancel()
        }
        self.sleeper = nil
    }

    private func order(_ index: Int) async {
        let host = self.hosts[index]
        let directory = self.configuration.directoryURL
        self.lines(of: host.name).log(
            .info,
            "Ordering a certificate",
            metadata: ["name": "\(host.name.text)", "directory": "\(directory)"]
        )
        let attempt = ACMEAttempt(
            host: host.name,
            configuration: self.configuration,
            accountKey: self.accountKey,
            challenges: self.certificates.challenges,
            http: self.http,
            types: self.challenges(after: host.schedule.failures)
        )
        do {
            let certificate = try await attempt.run()
            try self.certificates.replace(certificate, for: host.name.text)
            self.succeeded(index, certificate)
        } catch is CancellationError {
            return
        } catch {
            guard !Task.isCancelled else { return }
            self.failed(index, error)
        }
    }

    /// Another kind goes first after each failure: what can't be reached by one kind may be reached by the other.
    private func challenges(after failures: Int) -> [ACMEChallengeType] {
        let types = self.configuration.challenges
        let start = failures % types.count
        return Array(types[start...] + types[..<start])
    }

    private func succeeded(_ index: Int, _ certificate: Certificate) {
        self.hosts[index].schedule.succeeded()
        self.hosts[index].retry = nil
        self.hosts[index].renewal = ACMESchedule.renewal(of: certificate.validSeconds)
        let name = self.hosts[index].name
        self.lines(of: name).log(
            .info,
            "Got a certificate",
            metadata: ["name": "\(name.text)", "expires": "\(certificate.expiryText)"]
        )
        do {
            try self.store.store(certificate, for: name, from: self.configuration.directoryURL)
        } catch {
            // The certificate is used all the same.
            self.certificates.noteProblem("\(error)", for: name.text)
            self.lines(of: name).log(
                .error,
                "A certificate can't be stored for the next start",
                metadata: ["problem": "\(error)"]
            )
        }
    }

    private func lines(of host: CertificateHost) -> LimitedLine {
        if let lines = self.orderLines[host.text] { return lines }
        let lines = LimitedLine(self.logger)
        self.orderLines[host.text] = lines
        return lines
    }

    private func failed(_ index: Int, _ error: any Error) {
        let wait = self.hosts[index].schedule.failed(
            retryAfter: (error as? ACMEFailure)?.retryAfter,
            jitter: .random(in: 0..<1)
        )
        self.hosts[index].retry = .now + wait
        let name = self.hosts[index].name
        self.certificates.noteProblem("\(error)", for: name.text)
        self.lines(of: name).log(
            .error,
            "Ordering a certificate failed",
            metadata: [
                "name": "\(name.text)", "problem": "\(error)",
                "again": "in \(Duration.seconds(wait.components.seconds).text)",
            ]
        )
    }
}
