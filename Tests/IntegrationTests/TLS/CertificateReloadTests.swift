import Foundation
import TestSupport
import Testing

@Suite("Certificate reload", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct CertificateReloadTests {
    private let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    private func server(hostname: String = "127.0.0.1", hasHelperPort: Bool = false) throws -> ServerProcess {
        try ServerProcess(
            ServerOptions(
                certificate: .manual,
                hostname: hostname,
                hasHelperPort: hasHelperPort,
                directory: self.directory
            )
        )
    }

    private func write(_ hostname: String = "127.0.0.1", serial: Int, expiry: Int = 86400) throws {
        try GeneratedCertificate.write(to: self.directory, hostname: hostname, serial: serial, expiry: expiry)
    }

    /// What a new client is shown.
    private func chain(of server: ServerProcess, serverName: String? = nil) throws -> [CertificateInspection] {
        let connection = try Connection(port: server.port, security: .tls13, serverName: serverName)
        return try (connection.tls?.peerCertificates ?? []).map(CertificateInspection.init)
    }

    private func serial(of server: ServerProcess, serverName: String? = nil) throws -> Int? {
        try self.chain(of: server, serverName: serverName).first?.serialNumber
    }

    @Test("A changed certificate is shown to new clients, with the meta certificate, while old ones stay connected")
    func change() throws {
        try self.write(serial: 7)
        let server = try self.server(hasHelperPort: true)
        let client = try RawDERPClient(server)
        try self.write(serial: 8, expiry: 5 * 86400)
        try eventually("the new certificate is shown") { try self.serial(of: server) == 8 }
        let chain = try self.chain(of: server)
        #expect(chain.count == 2 && chain[1].commonName == "derpkey" + Hexadecimal.encode(client.serverKey))
        try client.expectQuiet()
        #expect(server.log.contains("Read a certificate again"))
        let reading = try MetricsReading(of: server)
        let expiry = try reading.total("derp_certificate_expiry_timestamp_seconds", #"name="127.0.0.1""#)
        #expect(abs(expiry - Date().timeIntervalSince1970 - 5 * 86400) < 60)
        #expect(try reading.total("derp_certificate_replacements_total") == 2)
        // It is self-signed: clients know it by the map.
        let map = try HTTPRequest("/derpmap/default").send(to: server).text
        #expect(map.contains("sha256-raw:" + chain[0].fingerprint))
    }

    @Test("On SIGHUP the files are read at once, and the server continues")
    func signal() throws {
        try self.write(serial: 7)
        let server = try self.server()
        let client = try RawDERPClient(server)
        server.send(signal: SIGHUP)
        try eventually("the files are read") { server.log.contains("Read a certificate again") }
        try client.expectQuiet()
        #expect(try server.stop() == .code(0))
    }

    @Test("A pair that doesn't match, or has expired, never replaces a good one")
    func badPairs() throws {
        try self.write(serial: 7)
        let server = try self.server()
        let key = try self.directory.contents(of: "127.0.0.1.key")
        try self.write(serial: 8)
        try self.directory.write(key, to: "127.0.0.1.key")
        try eventually("the mismatch is told") { server.log.contains("is not the key of the first certificate") }
        #expect(try self.serial(of: server) == 7)
        try self.write(serial: 9, expiry: -60)
        try eventually("the expiry is told") { server.log.contains("has expired") }
        #expect(try self.serial(of: server) == 7)
        #expect(try MetricsReading(of: server).total("derp_certificate_failures_total") == 2)
        #expect(!server.log.contains("PRIVATE KEY"))
        try self.write(serial: 10)
        try eventually("the new certificate is shown") { try self.serial(of: server) == 10 }
    }

    @Test(
        "Each of several names, and the address by which a client comes, has its own certificate; the first is for others",
        arguments: [
            TLSSession.Version.tls12, .tls13,
        ]
    )
    func names(version: TLSSession.Version) throws {
        try self.write("a.example", serial: 1)
        try self.write("b.example", serial: 2)
        try self.write(serial: 3)
        let server = try self.server(hostname: "a.example,b.example,127.0.0.1")
        let serial = { (name: String?) in
            let connection = try Connection(port: server.port, security: .tls(version), serverName: name)
            let chain = connection.tls?.peerCertificates ?? []
            #expect(chain.count == 2)
            #expect(try HTTPRequest("/generate_204").send(over: connection).status == 204)
            return try CertificateInspection(#require(chain.first)).serialNumber
        }
        #expect(try serial("a.example") == 1)
        #expect(try serial("B.Example") == 2)
        #expect(try serial(nil) == 3)
        #expect(try serial("c.example") == 1)
        try self.write("b.example", serial: 4)
        try eventually("the new certificate is shown") { try serial("b.example") == 4 }
        #expect(try serial("a.example") == 1)
    }

    @Test("A name whose files are missing is a start that fails with one line")
    func missing() throws {
        try self.write("a.example", serial: 1)
        let result = try ServerProcess.runToExit(
            ServerOptions(certificate: .manual, hostname: "a.example,b.example", directory: self.directory)
        )
        let path = self.directory.file("b.example.crt").path
        #expect(result.status == .code(1))
        #expect(result.errors == "DERPServer: -certdir: can't read \(path): no such file or directory\n")
    }

    @Test(
        "A self-signed pair that is replaced is shown to new clients, and its pin is in the map; a bad one is refused"
    )
    func replacedSelfSigned() throws {
        let server = try ServerProcess(ServerOptions(directory: self.directory))
        let client = try RawDERPClient(server)
        let previous = try #require(try self.chain(of: server).first).fingerprint
        try self.write(serial: 8)
        try eventually("the new certificate is shown") { try self.serial(of: server) == 8 }
        let pin = try #require(try self.chain(of: server).first).fingerprint
        func map() throws -> String { try HTTPRequest("/derpmap/default").send(to: server).text }
        try eventually("its pin is in the map") { try map().contains("sha256-raw:" + pin) }
        #expect(try !map().contains(previous))

        let key = try self.directory.contents(of: "127.0.0.1.key")
        try self.write(serial: 9)
        try self.directory.write(key, to: "127.0.0.1.key")
        try eventually("the mismatch is told") { server.log.contains("is not the key of the first certificate") }
        let authority = try GeneratedAuthority(in: self.directory)
        try GeneratedCertificate.write(to: self.directory, hostname: "127.0.0.1", serial: 10, authority: authority)
        try eventually("what isn't self-signed is told") { server.log.contains("is not self-signed") }
        #expect(try self.serial(of: server) == 8)
        #expect(try map().contains("sha256-raw:" + pin))
        #expect(try MetricsReading(of: server).total("derp_certificate_failures_total") == 2)
        try client.expectQuiet()

        try self.write(serial: 11)
        server.send(signal: SIGHUP)
        try eventually("the repaired pair is shown") { try self.serial(of: server) == 11 }
        try server.stop()
        // A start finds what was put there.
        #expect(try self.serial(of: ServerProcess(server.options)) == 11)
    }

    @Test("Self-signed certificates are made for each name")
    func selfSigned() throws {
        let server = try ServerProcess(ServerOptions(hostname: "a.example,b.example", directory: self.directory))
        #expect(try self.chain(of: server).first?.alternativeNames.contains("DNS:a.example") == true)
        let other = try self.chain(of: server, serverName: "b.example").first
        #expect(other?.alternativeNames.contains("DNS:b.example") == true)
    }
}
