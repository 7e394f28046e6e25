import AsyncSockets
import Testing

@testable import DERPKit

@Suite("Certificates of a server")
struct CertificateSetTests {
    @Test(
        "its names are 1…100, each once whatever its case or spelling",
        arguments: [
            [], ["a b"], ["a.example", "A.Example"], ["::1", "0:0:0:0:0:0:0:1"], (0...100).map { "n\($0).example" },
        ]
    )
    func badNames(hosts: [String]) {
        #expect { try CertificateSet(hosts: hosts) } throws: { ($0 as? DERPError)?.code == .certificate }
    }

    @Test("a client sees its name's certificate, else the default one; without any it is refused and counted")
    func choice() throws {
        let set = try CertificateSet(hosts: ["a.example", "B.example", "192.0.2.1"])
        #expect(set.entry(for: "a.example") == nil && set.entry(for: nil) == nil)
        #expect(set.counters.refusals == 2)
        let (first, second) = (
            try Certificate.selfSigned(for: "a.example"), try Certificate.selfSigned(for: "b.example")
        )
        try set.replace(first, for: "A.EXAMPLE")
        #expect(set.entry(for: "b.example")?.certificate == first)
        try set.replace(second, for: "b.example")
        #expect(set.entry(for: "b.example")?.certificate == second)
        #expect(set.entry(for: "other.example")?.certificate == first)
        #expect(set.entry(for: nil)?.certificate == first)
        #expect(set.certificate(for: "192.0.2.1") == nil && set.certificate(for: "B.Example") == second)
        #expect(set.counters == .init(replacements: 2, failures: 0, refusals: 2))
        #expect(set.status.map(\.expiry) == [first.validity.upperBound, second.validity.upperBound, nil])
    }

    @Test("a problem is told until a certificate comes")
    func problem() throws {
        let set = try CertificateSet(hosts: ["a.example"])
        set.noteProblem("no luck", for: "a.example")
        #expect(set.status.first?.problem == "no luck" && set.counters.failures == 1)
        try set.replace(.selfSigned(for: "a.example"), for: "a.example")
        #expect(set.status.first?.problem == nil)
    }

    @Test("what TLS won't do, and what is for no name, is refused, and the former one stays")
    func refused() throws {
        let set = try CertificateSet(hosts: ["a.example"])
        let good = try Certificate.selfSigned(for: "a.example")
        try set.replace(good, for: "a.example")
        #expect(throws: DERPError.self) { try set.replace(good, for: "b.example") }
        // OpenSSL's default level wants 2,048 bits of RSA.
        let key = try OpenSSLTool.run("genrsa", "-traditional", "512")
        let keyPEM = String(key[try #require(key.range(of: "-----BEGIN")).lowerBound...])
        let directory = try TemporaryDirectory()
        let path = try directory.write(keyPEM, to: "key")
        let chain = try OpenSSLTool.run("req", "-x509", "-key", path, "-subj", "/CN=a", "-days", "1", "-sha256")
        let weak = try Certificate(chainPEM: chain, privateKeyPEM: keyPEM)
        #expect { try set.replace(weak, for: "a.example") } throws: { error in
            (error as? DERPError)?.message
                == "TLS can't be done with the certificate: use the certificate: ee key too small"
        }
        #expect(set.entry(for: nil)?.certificate == good)
    }
}
