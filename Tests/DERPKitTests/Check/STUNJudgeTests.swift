import Testing

@testable import DERPKit

@Suite("What is said about a node's STUN")
struct STUNJudgeTests {
    private let sample = SampleEvidence()

    @Test("silence is an error, which says that the DERP port answers")
    func silence() {
        let timeout = DERPError(.timeout, "no STUN response")
        var sample = self.sample
        sample.evidence.ipv6.stun = .failure(timeout)
        #expect(
            sample.complaints == ["error stun: the DERP port answers, but STUN doesn't: no STUN answer over IPv6"]
        )
        #expect(sample.findings.first { $0.severity == .error }?.hint?.contains("UDP port 3478") == true)
        sample.target.node.stunOnly = true
        sample.evidence.ipv6.handshake = nil
        #expect(sample.complaints == ["error stun: no STUN answer over IPv6"])
    }

    @Test("none is expected where the map says so")
    func off() {
        let sample = self.sample.with {
            $0.target.node.stunPort = -1
            $0.evidence.ipv4.stun = nil
            $0.evidence.ipv6.stun = nil
        }
        #expect(sample.complaints == [])
    }

    @Test(
        "an answer of the other family is an error, a private one from a public server a warning",
        arguments: [
            ("2001:db8::7", "error stun: STUN over IPv4 answers with an address of the other family, 2001:db8::7"),
            ("10.1.2.3", "warning stun: STUN over IPv4 answers with the private address 10.1.2.3"),
            ("172.31.0.1", "warning stun: STUN over IPv4 answers with the private address 172.31.0.1"),
            ("100.64.0.1", "warning stun: STUN over IPv4 answers with the private address 100.64.0.1"),
            ("172.32.0.1", nil), ("11.0.0.1", nil),
        ] as [(String, String?)]
    )
    func answers(address: String, complaint: String?) {
        let sample = self.sample.with { $0.evidence.ipv4.stun = .success(SampleEvidence.mapping(address)) }
        #expect(sample.complaints == (complaint.map { [$0] } ?? []))
    }

    @Test("a private address is right where the server has one too")
    func privateNetwork() {
        let sample = self.sample.with {
            $0.evidence.ipv4 = $0.family(SampleEvidence.address("10.0.0.1"), sees: "10.0.0.7")
            $0.evidence.ipv6 = $0.family(SampleEvidence.address("fd00::1"), sees: "fd00::7")
        }
        #expect(sample.complaints == [])
        let proxied = self.sample.with {
            $0.evidence.ipv6.stun = .success(SampleEvidence.mapping("fd00::7"))
        }
        #expect(proxied.complaints == ["warning stun: STUN over IPv6 answers with the private address fd00::7"])
    }
}
