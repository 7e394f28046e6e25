import Foundation
import TestSupport
import Testing

/// Against pebble, which refuses a third of all nonces.
@Suite("ACME with pebble", .heavy, .blocking, .serialized, .timeLimit(.minutes(3)))
struct PebbleTests {
    private let directory: TemporaryDirectory
    private let ports: [PortReservation]

    init() throws {
        self.directory = try TemporaryDirectory()
        self.ports = [try PortReservation(.tcp), try PortReservation(.tcp)]
    }

    private func pebble(_ change: (inout Pebble.Options) -> Void = { _ in }) throws -> Pebble {
        var options = Pebble.Options(httpPort: self.ports[1].port, tlsPort: self.ports[0].port)
        change(&options)
        return try Pebble(options)
    }

    /// A server that orders from `pebble`, started but perhaps without a certificate yet.
    private func server(
        _ pebble: Pebble,
        hostname: String = "a.test",
        hasHelperPort: Bool = true,
        _ flags: String...
    ) throws -> ServerProcess {
        self.ports.forEach { $0.release() }
        return try ServerProcess(
            ServerOptions(
                certificate: .letsencrypt,
                hostname: hostname,
                hasHelperPort: hasHelperPort,
                ports: .init(relay: self.ports[0].port, helper: self.ports[1].port, stun: 0),
                directory: self.directory,
                flags: [
                    "--acme-directory", pebble.url, "--ca-file", pebble.authorityFile, "--acme-retry-delay", "1s",
                ] + flags
            )
        )
    }

    /// What a client is shown that asks for `name`; `nil` when it is refused.
    private func chain(of server: ServerProcess, _ name: String? = nil) -> [CertificateInspection]? {
        guard let connection = try? Connection(port: server.port, security: .tls13, serverName: name) else {
            return nil
        }
        return try? connection.tls?.peerCertificates.map(CertificateInspection.init)
    }

    private func awaitCertificate(of server: ServerProcess, _ name: String = "a.test") throws {
        try eventually("there is a certificate for \(name)", within: .seconds(40)) {
            guard server.isRunning else { throw KitError.closed(server.log) }
            return self.chain(of: server, name)?.first?.alternativeNames.contains(name) == true
        }
    }

    @Test("Certificates for two names, with an external account, are trusted by clients that trust the authority")
    func issuance() throws {
        let secret = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
        let pebble = try self.pebble { $0.accountKeys = ["kid-1": secret] }
        try pebble.start()
        let server = try self.server(
            pebble,
            hostname: "a.test,b.test",
            "-acme-eab-kid=kid-1",
            "-acme-eab-key",
            secret,
            "-acme-email=admin@a.test"
        )
        let root = try pebble.root()
        for name in ["a.test", "b.test"] {
            try self.awaitCertificate(of: server, name)
            #expect(try Curl.status(of: name, port: server.port, authority: root) == "204")
            #expect(try self.directory.permissions(of: name) == 0o600)
            #expect(try self.directory.contents(of: name).contains("PRIVATE KEY"))
        }
        #expect(try self.directory.permissions(of: "acme_account+key") == 0o600)
        let client = try RawDERPClient(server, start: .fast)
        let chain = try #require(self.chain(of: server))
        #expect(chain.last?.commonName == "derpkey" + Hexadecimal.encode(client.serverKey))
        #expect(!server.log.contains(secret) && !server.log.contains("PRIVATE"))
        let reading = try MetricsReading(of: server)
        let expiry = try reading.total("derp_certificate_expiry_timestamp_seconds", #"name="b.test""#)
        #expect(abs(expiry - Date().timeIntervalSince1970 - 3600) < 120)
    }

    @Test("Without a plain port the authority looks within TLS, at names and addresses")
    func tlsALPN() throws {
        let pebble = try self.pebble()
        try pebble.start()
        let server = try self.server(pebble, hostname: "a.test,127.0.0.1", hasHelperPort: false, "-acme-ip-certs")
        let root = try pebble.root()
        for name in ["a.test", "127.0.0.1"] {
            try eventually("\(name) is trusted", within: .seconds(40)) {
                (try? Curl.status(of: name, port: server.port, authority: root)) == "204"
            }
        }
        // Only a validator offers that protocol, and none looks now.
        #expect(throws: KitError.self) {
            try Connection(port: server.port, security: .tls13, serverName: "a.test", protocols: ["acme-tls/1"])
        }
    }

    @Test("Before the first certificate clients are refused and counted, port 80 is served, and it is tried again")
    func beforeTheFirst() throws {
        let pebble = try self.pebble()
        // Its port is free, and nobody is there.
        try pebble.start()
        pebble.stop()
        let server = try self.server(pebble)
        #expect {
            try server.connect()
        } throws: { error in
            "\(error)".contains("alert handshake failure")
        }
        #expect(try HTTPRequest("/generate_204").send(toHelperOf: server).status == 204)
        #expect(try HTTPRequest("/.well-known/acme-challenge/token").send(toHelperOf: server).status == 302)
        try eventually("the failure is told") { server.log.contains("Ordering a certificate failed") }
        try pebble.start()
        try self.awaitCertificate(of: server)
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_certificate_refusals_total") >= 1)
        #expect(try reading.total("derp_certificate_failures_total") >= 1)
        try RawDERPClient(server).expectQuiet()
    }

    @Test("A certificate is renewed in time while clients stay connected, and stays in use while the authority is gone")
    func renewal() throws {
        let pebble = try self.pebble {
            $0.lifetime = 12
            $0.reusedAuthorizations = 50
        }
        try pebble.start()
        let server = try self.server(pebble)
        try self.awaitCertificate(of: server)
        let client = try RawDERPClient(server)
        let first = try #require(self.chain(of: server)?.first)
        for _ in 0..<2 {
            let previous = try #require(self.chain(of: server)?.first)
            try eventually("it is renewed", within: .seconds(30)) {
                self.chain(of: server)?.first?.fingerprint != previous.fingerprint
            }
            let left = previous.notAfter.timeIntervalSinceNow
            // A third of 12 s, less what the order took.
            #expect(left > 0 && left <= 5, "\(left) s were left")
        }
        #expect(self.chain(of: server)?.last?.commonName == "derpkey" + Hexadecimal.encode(client.serverKey))
        try client.expectQuiet()

        pebble.stop()
        try eventually("the failure is told", within: .seconds(30)) {
            server.log.contains("Ordering a certificate failed")
        }
        let last = try #require(self.chain(of: server)?.first)
        #expect(last.fingerprint != first.fingerprint)
        // One that doesn't know the account any more.
        try pebble.start()
        try eventually("it is renewed", within: .seconds(40)) {
            self.chain(of: server)?.first.map { $0.fingerprint != last.fingerprint } ?? false
        }
        try client.expectQuiet()
        #expect(try MetricsReading(of: server).total("derp_logins_total") == 1)
    }

    @Test("What was ordered is shown at once by the next start, and not ordered again")
    func restart() throws {
        let pebble = try self.pebble()
        try pebble.start()
        let first = try self.server(pebble)
        try self.awaitCertificate(of: first)
        let fingerprint = try #require(self.chain(of: first)?.first).fingerprint
        try first.stop()
        let second = try ServerProcess(first.options)
        #expect(self.chain(of: second)?.first?.fingerprint == fingerprint)
        #expect(!second.log.contains("Ordering a certificate"))
    }

    @Test("A wrong key of the external account is reported, and never shown")
    func wrongAccountKey() throws {
        let pebble = try self.pebble { $0.accountKeys = ["kid-1": "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG"] }
        try pebble.start()
        let server = try self.server(pebble, "-acme-eab-kid=kid-1", "-acme-eab-key=c2VjcmV0c2VjcmV0")
        try eventually("the failure is told") { server.log.contains("Ordering a certificate failed") }
        #expect(!server.log.contains("c2VjcmV0"))
        #expect(server.isRunning)
    }

    @Test("Where one kind of challenge can't be answered, the other one is tried next")
    func otherChallenge() throws {
        let closed = try PortReservation(.tcp)
        let pebble = try self.pebble { $0.httpPort = closed.port }
        closed.release()
        try pebble.start()
        let server = try self.server(pebble)
        try self.awaitCertificate(of: server)
        #expect(server.log.contains("a.test could not be validated: connection"), "\(server.log)")
    }

    @Test("An address by which clients come without a name gets a certificate of its own")
    func addressOnDemand() throws {
        let pebble = try self.pebble()
        try pebble.start()
        let server = try self.server(pebble, "-acme-ip-certs")
        try self.awaitCertificate(of: server)
        try eventually("there is a certificate for the address", within: .seconds(40)) {
            self.chain(of: server)?.first?.alternativeNames == "IP Address:127.0.0.1"
        }
        #expect(self.chain(of: server, "a.test")?.first?.alternativeNames == "DNS:a.test")
        #expect(try MetricsReading(of: server).total("derp_certificate_replacements_total") == 2)
    }
}
