import Foundation
import TestSupport
import Testing

@Suite("Meta certificate", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MetaCertificateTests {
    @Test(
        "The chain ends in the meta certificate, which names the server's key",
        arguments: TLSSession.Version.allCases,
        [ServerOptions.Certificate.selfSigned, .manual]
    )
    func chain(version: TLSSession.Version, kind: ServerOptions.Certificate) throws {
        let directory = try TemporaryDirectory()
        if kind == .manual { try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1") }
        let server = try ServerProcess(ServerOptions(certificate: kind, directory: directory))
        let client = try RawDERPClient(server, security: .tls(version))
        let chain = try #require(client.connection.tls?.peerCertificates)
        #expect(chain.count == 2)
        let meta = try CertificateInspection(#require(chain.last))
        #expect(meta.commonName == "derpkey" + Hexadecimal.encode(client.serverKey))
        #expect(meta.serialNumber == 2)
        #expect(meta.isEd25519)
        #expect(meta.isSelfSigned)
        #expect(meta.hasBasicConstraints)
        let day: TimeInterval = 24 * 60 * 60
        #expect(abs(meta.notBefore.timeIntervalSinceNow + 30 * day) < day)
        #expect(abs(meta.notAfter.timeIntervalSinceNow - 30 * day) < day)
    }

    @Test("A server keeps the key that its meta certificate names from one start to the next")
    func sameKeyAfterRestart() throws {
        let first = try ServerProcess()
        let name = try Self.metaName(of: first)
        try first.stop()
        let second = try ServerProcess(first.options)
        #expect(try Self.metaName(of: second) == name)
    }

    private static func metaName(of server: ServerProcess) throws -> String {
        let connection = try server.connect()
        let chain = connection.tls?.peerCertificates ?? []
        return try CertificateInspection(#require(chain.last)).commonName
    }
}
