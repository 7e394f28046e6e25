import STUNKit
import IPAddresses
import FoundationEssentials
import Glibc

/// Turns the evidence about a node into findings. The same evidence always gives the same findings.
struct NodeJudge {
    let target: CheckTarget
    let settings: CheckSettings
    let evidence: NodeEvidence
    /// In seconds since 1970.
    let now: time_t
    var findings: [CheckFinding] = []

    static let families: [(family: IPAddress.Family, name: String)] = [(.ipv4, "IPv4"), (.ipv6, "IPv6")]

    init(_ target: CheckTarget, settings: CheckSettings, evidence: NodeEvidence, now: time_t) {
        self.target = target
        self.settings = settings
        self.evidence = evidence
        self.now = now
    }

    /// Returns all findings and measurements of the node.
    func report() -> NodeReport {
        var judge = self
        judge.judgeAddresses()
        if self.target.node.stunOnly {
            judge.findings.info(.connection, "STUNOnly in the map: only STUN is checked")
        } else {
            judge.judgeConnections()
            judge.judgeCertificate()
            judge.judgeServerKey()
            judge.judgeRelaying()
            judge.judgeCaptivePortal()
        }
        judge.judgeSTUN()
        return NodeReport(
            name: CheckFinding.printable(self.target.node.name),
            host: CheckFinding.printable(self.target.authority),
            findings: judge.findings,
            measurements: self.measurements
        )
    }

    private var measurements: NodeReport.Measurements {
        var measurements = NodeReport.Measurements()
        measurements.loginTimeIPv4 = try? self.evidence.ipv4.login?.get().time
        measurements.loginTimeIPv6 = try? self.evidence.ipv6.login?.get().time
        measurements.stunTimeIPv4 = try? self.evidence.ipv4.stun?.get().roundTripTime
        measurements.stunTimeIPv6 = try? self.evidence.ipv6.stun?.get().roundTripTime
        if case .success(let relaying)? = self.evidence.relaying {
            measurements.roundTripMedian = relaying.percentile(0.5)
            measurements.roundTripP99 = relaying.percentile(0.99)
            measurements.packetLoss = relaying.loss
        }
        measurements.certificateEnd = self.handshakes.first?.certificate.map { certificate in
            Date(timeIntervalSince1970: Double(certificate.end))
        }
        return measurements
    }

    /// The TLS handshakes that worked.
    var handshakes: [HandshakeEvidence] {
        Self.families.compactMap { try? self.evidence[$0.family].handshake?.get() }
    }
}

// MARK: Addresses

extension NodeJudge {
    private mutating func judgeAddresses() {
        if !self.target.node.stunOnly, self.target.derpPort == nil {
            self.findings.fail(.address, "DERPPort \(self.target.node.derpPort) is no port", hint: "Ports are 1…65535.")
        }
        if self.target.node.ipv4 == "none", self.target.node.ipv6 == "none" {
            self.findings.fail(
                .address,
                "the map says that it has neither IPv4 nor IPv6",
                hint: "Set one of them to a literal, or leave it out to have the name looked up."
            )
        }
        var failures: Set<DERPError> = []
        for (family, name) in Self.families where self.settings.includes(family) {
            let seen = self.evidence[family]
            switch seen.addresses {
            case .unused:
                self.findings.info(.address, "\(name) is off in the map")
            case .malformed(let text):
                self.findings.fail(
                    .address,
                    "\"\(text.prefix(80))\" in the map is no \(name) address",
                    hint: "Give a literal, none, or nothing."
                )
            case .none:
                self.judgeAbsence(of: family, name)
            case .failed(let error) where failures.insert(error).inserted:
                self.findings.fail(.address, error.message, hint: "Is the name right, and has it propagated in DNS?")
            case .known(let addresses) where !seen.hasRoute:
                let message = "this machine has no route to \(name) \(addresses[0]), which was not checked"
                if self.settings.demands(family) {
                    self.findings.fail(.address, message)
                } else {
                    self.findings.info(.address, message)
                }
            case .failed, .known: break
            }
        }
    }

    private mutating func judgeAbsence(of family: IPAddress.Family, _ name: String) {
        let message = "\(self.target.node.hostName) has no \(name) address"
        // An IP literal has one family only, so the other one isn't missing.
        let isLiteral = IPAddress(self.target.node.hostName) != nil
        if self.settings.demands(family) {
            self.findings.fail(.address, message)
        } else if family == .ipv4, !isLiteral {
            self.findings.warn(.address, message, hint: "Clients without IPv6 can't use it: add an A record.")
        } else if !isLiteral {
            self.findings.info(.address, message)
        }
    }
}

extension Duration {
    /// A text such as `1.3 ms`, or `30 µs` if that would be 0.0 ms.
    var inMilliseconds: String {
        guard self >= .microseconds(100) else { return "\(Int((self / .microseconds(1)).rounded())) µs" }
        let tenths = Int((self / .microseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
