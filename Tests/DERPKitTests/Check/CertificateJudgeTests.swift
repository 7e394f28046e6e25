import Testing

@testable import DERPKit

@Suite("What is said about a node's certificate")
struct CertificateJudgeTests {
    private let sample = SampleEvidence()

    /// What is complained of when the server shows `certificate`.
    private func complaints(
        _ certificate: CertificateSummary,
        others: Int = 0,
        _ change: (inout DERPNode) -> Void = { _ in }
    ) -> [String] {
        self.sample.with {
            change(&$0.target.node)
            $0.evidence.ipv4.handshake = .success($0.handshake(certificate: certificate, others: others))
            $0.evidence.ipv6 = FamilyEvidence()
        }.complaints
    }

    @Test(
        "it is for the host's name, or for CertName",
        arguments: [
            (["relay.test"], "relay.test", true), (["RELAY.test"], "Relay.Test", true),
            (["*.test"], "relay.test", true), (["*.test"], "a.relay.test", false), (["*.test"], "test", false),
            (["*lay.test"], "relay.test", false), (["other.test", "relay.test"], "relay.test", true),
            (["other.test"], "relay.test", false), ([], "relay.test", false), (["192.0.2.1"], "192.0.2.1", true),
        ] as [([String], String, Bool)]
    )
    func names(names: [String], host: String, isFor: Bool) {
        let certificate = SampleEvidence.certificate(names: names)
        #expect(certificate.isFor(host) == isFor)
        #expect(self.complaints(certificate) { $0.hostName = host }.isEmpty == isFor)
        #expect(self.complaints(certificate) { $0.certName = host }.isEmpty == isFor)
    }

    @Test("its end is reported in days, early enough")
    func expiry() {
        #expect(self.complaints(SampleEvidence.certificate(days: 14)) == [])
        #expect(
            self.complaints(SampleEvidence.certificate(days: 13))
                == ["warning certificate: the certificate expires in 13 days"]
        )
        #expect(
            self.complaints(SampleEvidence.certificate(days: -3))
                == ["error certificate: the certificate has expired 2 days ago"]
        )
        // Clients refuse it in the very second.
        let last = SampleEvidence.certificate(end: SampleEvidence.now)
        #expect(self.complaints(last) == ["error certificate: the certificate has expired 0 days ago"])
        let next = SampleEvidence.certificate(end: SampleEvidence.now + 1)
        #expect(self.complaints(next) == ["warning certificate: the certificate expires in 0 days"])
        #expect(
            self.complaints(SampleEvidence.certificate(from: SampleEvidence.now + 100))
                == ["error certificate: the certificate is not valid yet"]
        )
    }

    @Test("a pinned one must be that one, alone, and for the name")
    func pins() {
        let certificate = SampleEvidence.certificate()
        #expect(self.complaints(certificate) { $0.certName = certificate.pin } == [])
        #expect(
            self.complaints(certificate) { $0.certName = "sha256-raw:" + certificate.pin.dropFirst(11).uppercased() }
                == []
        )
        let other = "sha256-raw:" + String(repeating: "0", count: 64)
        #expect(
            self.complaints(certificate) { $0.certName = other }
                == ["error certificate: the certificate is not the pinned one"]
        )
        #expect(
            self.complaints(certificate, others: 1) { $0.certName = certificate.pin }
                == ["error certificate: the server sends 2 certificates: clients that pin take exactly one"]
        )
        #expect(
            self.complaints(certificate) {
                $0.certName = certificate.pin
                $0.hostName = "other.test"
            } == ["error certificate: the pinned certificate is for relay.test, not for other.test"]
        )
        #expect(
            self.complaints(certificate) {
                $0.certName = certificate.pin
                $0.hostName = "192.0.2.1"
            } == []
        )
    }

    @Test("one that isn't trusted is reported with TLS's reason, unless another finding explains it")
    func trust() throws {
        let refusal = DERPError(.tls, "TLS with relay.test: self-signed certificate")
        var sample = self.sample
        sample.evidence.ipv4.login = .failure(refusal)
        sample.evidence.ipv6 = FamilyEvidence()
        (sample.evidence.upgrade, sample.evidence.relaying, sample.evidence.repeats) = (nil, nil, [])
        #expect(
            sample.complaints == ["error certificate: IPv4: TLS with relay.test: self-signed certificate"]
        )
        var certificate = SampleEvidence.certificate()
        certificate.isSelfIssued = true
        sample.evidence.ipv4.handshake = .success(sample.handshake(certificate: certificate))
        let hint = try #require(sample.findings.first { $0.severity == .error }?.hint)
        #expect(hint.contains(certificate.pin))
        sample.evidence.ipv4.handshake = .success(
            sample.handshake(certificate: SampleEvidence.certificate(days: -1))
        )
        #expect(sample.complaints == ["error certificate: the certificate has expired 0 days ago"])
    }

    @Test("none, different ones and unverified ones are noticed")
    func oddities() {
        let none = self.sample.with {
            $0.evidence.ipv4.handshake = .success($0.handshake(certificate: nil))
            $0.evidence.ipv6 = FamilyEvidence()
        }
        #expect(none.complaints == ["error certificate: the server shows no certificate"])
        var different = SampleEvidence.certificate()
        different.pin = "sha256-raw:" + String(repeating: "0", count: 64)
        let two = self.sample.with { $0.evidence.ipv6.handshake = .success($0.handshake(certificate: different)) }
        #expect(two.complaints == ["warning certificate: IPv4 and IPv6 show different certificates"])
        let unverified = self.complaints(SampleEvidence.certificate(names: [])) { $0.insecureForTests = true }
        #expect(
            unverified == ["warning certificate: InsecureForTests in the map: clients don't verify the certificate"]
        )
    }

    @Test("names, dates and pin are read from a real certificate")
    func summary() throws {
        for host in ["relay.test", "192.0.2.1", "2001:db8::1"] {
            let made = try Certificate.selfSigned(for: host)
            let x509 = try #require(try X509Certificate.chain(fromPEM: made.chainPEM).first)
            let summary = try #require(CertificateSummary(der: try x509.der()))
            #expect(summary.names == [host] && summary.isSelfIssued && summary.pin == made.pin)
            #expect(summary.end - summary.start == Certificate.selfSignedDays * 86400 + 3600)
            #expect(summary.daysLeft(at: summary.end - 86400) == 1)
            #expect(summary.daysLeft(at: summary.end - 86399) == 0)
            #expect(summary.daysLeft(at: summary.end + 1) == -1)
        }
        #expect(CertificateSummary(der: []) == nil && CertificateSummary(der: [0x30, 0x80, 0]) == nil)
    }
}
