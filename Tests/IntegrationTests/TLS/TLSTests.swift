import Foundation
import TestSupport
import Testing

@Suite("TLS", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct TLSTests {
    @Test("TLS 1.2 and 1.3 are spoken, without ALPN", arguments: TLSSession.Version.allCases)
    func versions(version: TLSSession.Version) throws {
        let server = try ServerProcess()
        let connection = try server.connect(.tls(version))
        let tls = try #require(connection.tls)
        #expect(tls.agreedVersion == (version == .tls12 ? "TLSv1.2" : "TLSv1.3"))
        #expect(tls.applicationProtocol.isEmpty)
        #expect(try HTTPRequest("/derp/probe").send(over: connection).status == 200)
    }

    @Test("TLS 1.1 is refused")
    func oldVersion() throws {
        let server = try ServerProcess()
        #expect(throws: KitError.self) { try server.connect(.tls(.tls11)) }
        #expect(try HTTPRequest("/derp/probe").send(to: server).status == 200)
    }

    @Test("Plain HTTP on the TLS port gets a plain 400 that says so")
    func plainHTTP() throws {
        let server = try ServerProcess()
        let connection = try server.connect(.plain)
        try connection.write(HTTPRequest("/derp/probe").encoded)
        let answer = String(decoding: try connection.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400") || answer.hasPrefix("HTTP/1.0 400"))
        #expect(answer.lowercased().contains("https") || answer.contains("TLS"))
    }

    @Test("TLS on a plain port is closed or refused, and harms nobody")
    func tlsToPlain() throws {
        let server = try ServerProcess(.plain)
        #expect(throws: KitError.self) { try server.connect(.tls13) }
        #expect(try HTTPRequest("/derp/probe").send(to: server).status == 200)
    }

    @Test("A client without a name at an address behind a NAT sees the certificate of its family")
    func families() throws {
        for (address, expected) in [(Loopback.ipv4, "198.51.100.42"), (.ipv6, "2001:DB8:0:0:0:0:0:42")] {
            let server = try ServerProcess(
                ServerOptions(address: address, hostname: "a.test,198.51.100.42,2001:db8::42")
            )
            let certificate = try #require(try server.connect().tls?.peerCertificates.first)
            #expect(try CertificateInspection(certificate).alternativeNames == "IP Address:\(expected)")
        }
    }

    @Test("A self-signed certificate names the host, lasts ten years, and is not made again")
    func selfSigned() throws {
        let first = try ServerProcess()
        let certificate = try Self.certificate(of: first)
        #expect(certificate.isSelfSigned)
        #expect(certificate.alternativeNames.contains("IP Address:127.0.0.1"))
        let years = certificate.notAfter.timeIntervalSinceNow / (365.25 * 24 * 3600)
        #expect(years > 9.9 && years < 10.1)
        try first.stop()
        let second = try ServerProcess(first.options)
        #expect(try Self.certificate(of: second).fingerprint == certificate.fingerprint)
    }

    @Test("The key of a self-signed certificate is its owner's alone")
    func privateKeyMode() throws {
        let server = try ServerProcess()
        #expect(try server.directory.permissions(of: "127.0.0.1.key") == 0o600)
    }

    @Test("A self-signed certificate of a name names it")
    func selfSignedName() throws {
        let server = try ServerProcess(ServerOptions(hostname: "relay.example"))
        #expect(try Self.certificate(of: server).alternativeNames.contains("DNS:relay.example"))
    }

    @Test("A certificate from files is served as it is")
    func manual() throws {
        let directory = try TemporaryDirectory()
        try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1")
        let server = try ServerProcess(ServerOptions(certificate: .manual, directory: directory))
        let certificate = try Self.certificate(of: server)
        #expect(certificate.serialNumber == 7)
    }

    @Test("Clients that stall in the TLS handshake don't disturb others")
    func stalledHandshakes() throws {
        let server = try ServerProcess()
        let hello = try TLSSession(version: .tls13)
        _ = try hello.handshake()
        let bytes = hello.drain()
        var stalled: [Connection] = []
        for index in 0..<100 {
            let connection = try server.connect(.plain)
            // Nothing, a byte, half of a ClientHello, all of it and then silence.
            try connection.write(Array(bytes.prefix([0, 1, bytes.count / 2, bytes.count][index % 4])))
            stalled.append(connection)
        }
        let start = ContinuousClock.now
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        try sender.send([1], to: receiver.key)
        try receiver.expect(.received([1], from: sender.key))
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("A broken record closes its connection only")
    func brokenRecord() throws {
        let server = try ServerProcess()
        let other = try RawDERPClient(server)
        let client = try RawDERPClient(server)
        try client.connection.socket.send([0x17, 0x03, 0x03, 0x00, 0x20] + TestKey.random(32))
        client.expectClosed()
        try other.expectQuiet()
    }

    @Test("close_notify alone ends a connection")
    func closeNotify() throws {
        let server = try ServerProcess()
        let peer = try RawDERPClient(server)
        let client = try RawDERPClient(server)
        try client.send([1], to: peer.key)
        try peer.expect(.received([1], from: client.key))
        let tls = try #require(client.connection.tls)
        tls.close()
        try client.connection.socket.send(tls.drain())
        try peer.expect(.peerGone(client.key, reason: 0))
    }

    private static func certificate(of server: ServerProcess) throws -> CertificateInspection {
        let connection = try server.connect()
        return try CertificateInspection(#require(connection.tls?.peerCertificates.first))
    }
}
