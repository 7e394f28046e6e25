import IPAddresses
import STUNKit

@testable import DERPKit

/// What a check sees of a good relay, to be spoilt by tests.
struct SampleEvidence {
    static let now = 1_800_000_000
    static let ipv4 = SampleEvidence.address("192.0.2.1")
    static let ipv6 = SampleEvidence.address("2001:db8::1")

    var target = CheckTarget(DERPNode(name: "1a", regionID: 1, hostName: "relay.test", canPort80: true))
    var settings = CheckSettings()
    var evidence = NodeEvidence()
    let key = NodePrivateKey().publicKey

    init() {
        self.evidence.ipv4 = self.family(Self.ipv4, sees: "198.51.100.7")
        self.evidence.ipv6 = self.family(Self.ipv6, sees: "2001:db8:7::7")
        self.evidence.upgrade = .success(self.login(isFastStart: false))
        self.evidence.repeats = (0..<5).map { _ in .success(self.login()) }
        self.evidence.relaying = .success(
            RelayingEvidence(
                sent: 50,
                roundTrips: .init(repeating: .milliseconds(20), count: 50),
                largestCameBack: true
            )
        )
        self.evidence.captivePortal = .success(CaptivePortalEvidence(status: 204, answersChallenge: true))
    }

    static func address(_ text: String) -> IPAddress { IPAddress(text) ?? .anyIPv4 }

    /// How the node looks in one family.
    func family(_ address: IPAddress, sees client: String) -> FamilyEvidence {
        var family = FamilyEvidence()
        family.addresses = .known([address])
        family.handshake = .success(self.handshake(at: address))
        family.login = .success(self.login())
        family.stun = .success(Self.mapping(client))
        return family
    }

    func login(isFastStart: Bool = true, key: NodePublicKey? = nil, info: ServerInfo = ServerInfo()) -> LoginEvidence {
        LoginEvidence(time: .milliseconds(90), serverKey: key ?? self.key, info: info, isFastStart: isFastStart)
    }

    func handshake(
        at address: IPAddress = ipv4,
        certificate: CertificateSummary? = certificate(),
        others: Int = 0,
        isTLS13: Bool = true,
        metaKey: NodePublicKey?? = nil
    ) -> HandshakeEvidence {
        HandshakeEvidence(
            address: IPEndpoint(address, port: 443),
            connectTime: .milliseconds(30),
            tlsTime: .milliseconds(30),
            isTLS13: isTLS13,
            certificate: certificate,
            otherCertificates: others,
            metaKey: metaKey ?? self.key
        )
    }

    static func certificate(
        names: [String] = ["relay.test"],
        days: Int = 60,
        from start: Int = now - 86400,
        end: Int? = nil
    ) -> CertificateSummary {
        CertificateSummary(
            names: names,
            issuer: "Sample CA",
            start: start,
            end: end ?? Self.now + days * 86400 + 60,
            pin: "sha256-raw:" + String(repeating: "ab", count: 32),
            isSelfIssued: false
        )
    }

    static func mapping(_ address: String) -> STUNMapping {
        STUNMapping(
            mappedAddress: IPEndpoint(Self.address(address), port: 40_000),
            roundTripTime: .milliseconds(30),
            transmissions: 1
        )
    }

    /// What is said about it.
    var findings: [CheckFinding] {
        NodeJudge(self.target, settings: self.settings, evidence: self.evidence, now: Self.now).report().findings
    }

    /// Warnings and errors, as `error topic: message`.
    var complaints: [String] {
        self.findings.filter { $0.severity != .info }.map { "\($0.severity) \($0.topic): \($0.message)" }
    }

    func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}
