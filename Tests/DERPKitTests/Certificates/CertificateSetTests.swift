import Foundation
import IPAddresses
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

    @Test("a client that connects to an address behind a NAT sees the certificate of its family, not the first")
    func family() throws {
        let set = try CertificateSet(hosts: ["a.example", "198.51.100.42", "2001:db8::42", "2001:db8::43"])
        let (ipv4, ipv6) = (IPAddress(ipv4: 0x0a00_0001), try #require(IPAddress("fd00::1")))
        for host in ["a.example", "198.51.100.42", "2001:db8::43"] {
            try set.replace(.selfSigned(for: host), for: host)
        }
        #expect(set.entry(for: nil, at: ipv4)?.certificate == set.certificate(for: "198.51.100.42"))
        // One that isn't there yet is no reason to show another family's.
        #expect(set.entry(for: nil, at: ipv6)?.certificate == set.certificate(for: "2001:db8::43"))
        try set.replace(.selfSigned(for: "2001:db8::42"), for: "2001:db8::42")
        #expect(set.entry(for: nil, at: ipv6)?.certificate == set.certificate(for: "2001:db8::42"))
        #expect(set.entry(for: "2001:db8::43", at: ipv6)?.certificate == set.certificate(for: "2001:db8::43"))
        #expect(set.entry(for: "2001:db8::99", at: ipv4)?.certificate == set.certificate(for: "2001:db8::42"))
        for address in [ipv4, ipv6, nil] {
            #expect(set.entry(for: "other.example", at: address)?.certificate == set.certificate(for: "a.example"))
        }
        #expect(set.entry(for: nil)?.certificate == set.certificate(for: "a.example"))
    }

    @Test("the only certificate of a set without names has the names in it")
    func names() throws {
        let set = try CertificateSet(.selfSigned(for: "a.example"))
        #expect(set.status.map(\.host) == ["a.example"] && set.entry(for: "other.example") != nil)
    }

    @Test("a problem is reported until a certificate comes")
    func problem() throws {
        let set = try CertificateSet(hosts: ["a.example"])
        set.noteProblem("no luck", for: "a.example")
        #expect(set.status.first?.problem == "no luck" && set.counters.failures == 1)
        try set.replace(.selfSigned(for: "a.example"), for: "a.example")
        #expect(set.status.first?.problem == nil)
    }

    @Test("a certificate that TLS refuses or that has no name is rejected, and the previous one stays")
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

@Suite("Certificates for addresses that clients come by")
struct CertificateAddressTests {
    private let set: CertificateSet
    private let address = IPAddress(ipv4: 0xc633_6401)

    init() throws {
        self.set = try CertificateSet(hosts: ["a.example"])
        try self.set.replace(.selfSigned(for: "a.example"), for: "a.example")
    }

    private func nextWish() async -> String? {
        var wishes = self.set.wishes.makeAsyncIterator()
        return await wishes.next()?.text
    }

    @Test("an address is wished for once, and shown when it is there")
    func wish() async throws {
        self.set.acceptAddresses(alsoPrivate: false)
        let common = try #require(self.set.certificate(for: "a.example"))
        #expect(self.set.entry(for: nil, at: self.address)?.certificate == common)
        #expect(self.set.entry(for: "198.51.100.1", at: self.address)?.certificate == common)
        #expect(await self.nextWish() == "198.51.100.1")
        let own = try Certificate.selfSigned(for: "198.51.100.1")
        try self.set.replace(own, for: "198.51.100.1")
        #expect(self.set.entry(for: nil, at: self.address)?.certificate == own)
        #expect(self.set.entry(for: "a.example", at: self.address)?.certificate == common)
        #expect(self.set.entry(for: "b.example", at: self.address)?.certificate == common)
        #expect(self.set.status.count == 2)
    }

    @Test("neither a client's word, nor a private address, nor too many of them make it grow")
    func limits() {
        _ = self.set.entry(for: nil, at: self.address)
        #expect(self.set.status.count == 1)
        self.set.acceptAddresses(alsoPrivate: false)
        _ = self.set.entry(for: "203.0.113.1", at: self.address)
        _ = self.set.entry(for: "b.example", at: self.address)
        for text in ["10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "fd00::1", "fe80::1", "::1"] {
            _ = self.set.entry(for: nil, at: IPAddress(text))
        }
        #expect(self.set.status.count == 1)
        for value in UInt32(0)..<100 { _ = self.set.entry(for: nil, at: IPAddress(ipv4: 0x0808_0000 + value)) }
        #expect(self.set.status.count == 1 + CertificateSet.maximumAddressCount)
    }

    @Test("with an authority of one's own private addresses count too")
    func privateAddresses() {
        self.set.acceptAddresses(alsoPrivate: true)
        _ = self.set.entry(for: nil, at: .loopbackIPv4)
        #expect(self.set.status.map(\.host) == ["a.example", "127.0.0.1"])
    }
}
