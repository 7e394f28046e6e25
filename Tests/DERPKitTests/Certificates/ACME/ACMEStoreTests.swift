import Foundation
import TestSupport
import Testing

@testable import DERPKit

@Suite("What is kept of ACME", .blocking)
struct ACMEStoreTests {
    private let directory: TemporaryDirectory
    private let store: ACMEStore
    private let here = "https://here.example/directory"

    init() throws {
        self.directory = try TemporaryDirectory()
        self.store = ACMEStore(directory: self.directory.path + "/new")
    }

    @Test(
        "a certificate and its key are one file, its owner's alone, and come back as they were",
        arguments: [
            ("A.example", "a.example"), ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001.db8..1"),
        ]
    )
    func certificate(host: String, file: String) throws {
        let name = try CertificateHost.parse(host)
        #expect(try self.store.certificate(for: name, from: self.here) == nil)
        let certificate = try Certificate.selfSigned(for: host)
        try self.store.store(certificate, for: name, from: self.here)
        let stored = try #require(try self.store.certificate(for: name, from: self.here))
        #expect(stored.certificate == certificate && stored.isFromThere)
        #expect(TemporaryDirectory.mode(of: "\(self.directory.path)/new/\(file)") == 0o600)
        #expect(TemporaryDirectory.mode(of: "\(self.directory.path)/new") == 0o700)
        let elsewhere = try self.store.certificate(for: name, from: "https://there.example/directory")
        #expect(elsewhere?.isFromThere == false)
    }

    @Test("what derper's autocert has kept is used: the key first, in RFC 5915's form, then the chain")
    func derper() throws {
        let store = ACMEStore(directory: self.directory.path)
        let certificate = try Certificate.selfSigned(for: "a.example")
        let key = try OpenSSLTool.run("ec", input: Array(certificate.privateKeyPEM.utf8))
        let pem = String(key[try #require(key.range(of: "-----BEGIN EC PRIVATE KEY")).lowerBound...])
        try self.directory.write(pem + certificate.chainPEM, to: "a.example")
        let stored = try store.certificate(for: .parse("a.example"), from: self.here)
        #expect(stored?.certificate == certificate && stored?.isFromThere == true)

        try self.directory.write(pem, to: "acme_account+key")
        #expect(try store.accountKey().publicKey == ACMEAccountKey(pem: pem).publicKey)
    }

    @Test("the account's key is made once, its owner's alone")
    func accountKey() throws {
        let key = try self.store.accountKey().publicKey
        #expect(try self.store.accountKey().publicKey == key)
        #expect(TemporaryDirectory.mode(of: self.directory.path + "/new/acme_account+key") == 0o600)
        let other = ACMEStore(directory: self.directory.path + "/other")
        _ = try other.accountKey(stores: false)
        #expect(self.directory.entries() == ["new"])
    }

    @Test("what is damaged or another host's is an error that names the file, and shows nothing of it")
    func damaged() throws {
        let store = ACMEStore(directory: self.directory.path)
        try self.directory.write(try Certificate.selfSigned(for: "b.example").chainPEM, to: "a.example")
        try self.directory.write("secret", to: "acme_account+key")
        let errors = [
            #expect(throws: DERPError.self) { try store.certificate(for: .parse("a.example"), from: self.here) },
            #expect(throws: DERPError.self) { try store.accountKey() },
        ]
        for error in errors {
            let message = try #require(error).message
            #expect(message.contains(self.directory.path) && !message.contains("secret"))
        }
    }
}
