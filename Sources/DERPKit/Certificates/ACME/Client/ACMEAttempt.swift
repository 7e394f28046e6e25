import Glibc

/// One attempt to get a certificate for one host. Does what ``ACMEIssuance`` says.
struct ACMEAttempt: Sendable {
    let host: CertificateHost
    let configuration: ACMEConfiguration
    let accountKey: ACMEAccountKey
    let challenges: ACMEChallenges
    let http: HTTPClient
    /// The kinds of challenge to try, the best first.
    let types: [ACMEChallengeType]

    /// Returns the certificate, with a new key of its own.
    ///
    /// - Throws: ``ACMEFailure``, ``DERPError`` or `CancellationError`.
    func run() async throws -> Certificate {
        let deadline = ContinuousClock.now + self.configuration.attemptTimeout
        let directory = try await ACMEClient.directory(
            at: self.configuration.directoryURL,
            by: self.http,
            deadline: deadline
        )
        let client = ACMEClient(http: self.http, key: self.accountKey, directory: directory, deadline: deadline)
        try await client.register(email: self.configuration.email, binding: self.configuration.accountBinding)
        let (order, orderURL) = try await client.order(ACMEIdentifier(self.host), profile: self.profile(directory))

        var shown: [ACMEChallenges.Shown] = []
        defer { shown.forEach(self.challenges.remove) }
        let key = try SigningKey.p256().pem()
        var issuance = ACMEIssuance(types: self.types)
        var step = try issuance.take(order)
        while true {
            switch step {
            case .authorization(let url, let pause):
                try await Self.sleep(pause, until: deadline)
                let (authorization, retryAfter) = try await client.fetch(ACMEAuthorization.self, at: url)
                step = try issuance.take(authorization, retryAfter: retryAfter)
            case .answer(let type, let token, let url):
                shown.append(try self.challenges.show(type, token: token, for: self.host, key: self.accountKey))
                try await client.accept(challenge: url)
                step = try issuance.challengeAccepted()
            case .order(let pause):
                try await Self.sleep(pause, until: deadline)
                let (order, retryAfter) = try await client.fetch(ACMEOrder.self, at: orderURL)
                step = try issuance.take(order, retryAfter: retryAfter)
            case .finalize(let url):
                let request = try CertificateRequest.make(for: self.host, key: .read(fromPEM: key))
                let (order, retryAfter) = try await client.finalize(url, request: request)
                step = try issuance.take(order, retryAfter: retryAfter)
            case .download(let url):
                return try self.check(Certificate(chainPEM: try await client.download(url), privateKeyPEM: key))
            }
        }
    }

    /// Let's Encrypt certifies addresses only under its profile `shortlived`.
    private func profile(_ directory: ACMEDirectory) -> String? {
        if let profile = self.configuration.profile { return profile }
        guard case .address = self.host.kind, directory.meta?.profiles?["shortlived"] != nil else { return nil }
        return "shortlived"
    }

    private func check(_ certificate: Certificate) throws -> Certificate {
        guard try certificate.leaf().isValid(for: self.host) else {
            throw ACMEFailure("the server's certificate is for another name")
        }
        guard certificate.validSeconds.upperBound > time(nil) else {
            throw ACMEFailure("the server's certificate has expired already")
        }
        return certificate
    }

    private static func sleep(_ pause: Duration, until deadline: ContinuousClock.Instant) async throws {
        guard ContinuousClock.now + pause < deadline else {
            throw ACMEFailure("the server takes too long", retryAfter: pause)
        }
        try await Task.sleep(for: pause)
    }
}
