import IPAddresses

extension NodeJudge {
    /// How many days before its end a certificate should have been renewed. Automatic renewal happens 30 days before
    /// the end.
    private static let renewalDays = 14

    mutating func judgeCertificate() {
        guard !self.target.isPlain, let handshake = self.handshakes.first else { return }
        guard let certificate = handshake.certificate else {
            self.findings.fail(.certificate, "the server shows no certificate")
            return
        }
        if self.handshakes.contains(where: { $0.certificate?.pin != certificate.pin }) {
            self.findings.warn(.certificate, "IPv4 and IPv6 show different certificates")
        }
        let before = self.findings.count(of: .error)
        self.describe(certificate)
        if self.target.node.insecureForTests {
            self.findings.warn(
                .certificate,
                "InsecureForTests in the map: clients don't verify the certificate",
                hint: "Pin it instead: CertName \(certificate.pin)."
            )
        } else if self.target.pin != nil {
            self.judgePin(certificate, others: handshake.otherCertificates)
        } else if !certificate.isFor(self.target.certificateName) {
            self.findings.fail(
                .certificate,
                "the certificate is for \(Self.list(certificate.names)), not for \(self.target.certificateName)",
                hint: "Get one for this name, or set the map's CertName to the name that it is for."
            )
        }
        guard self.findings.count(of: .error) == before else { return }
        self.judgeTrust(certificate)
    }

    private mutating func describe(_ certificate: CertificateSummary) {
        let days = certificate.daysLeft(at: self.now)
        let issuer = certificate.isSelfIssued ? "self-signed" : "by \(certificate.issuer)"
        // Clients refuse the certificate from this very second on.
        let isExpired = certificate.end <= self.now
        let expiry = isExpired ? "" : ", expires in \(Self.days(days))"
        self.findings.info(.certificate, "certificate for \(Self.list(certificate.names)), \(issuer)\(expiry)")
        // Tailscale's clients check the dates of pinned certificates too.
        if isExpired {
            self.findings.fail(
                .certificate,
                "the certificate has expired \(Self.days((self.now - certificate.end) / 86400)) ago",
                hint: "Renew it, and restart or reload the server."
            )
        } else if certificate.start > self.now {
            self.findings.fail(.certificate, "the certificate is not valid yet", hint: "Is this machine's clock right?")
        } else if days < Self.renewalDays {
            self.findings.warn(
                .certificate,
                "the certificate expires in \(Self.days(days))",
                hint: "Automatic renewal should have replaced it by now."
            )
        }
    }

    private mutating func judgePin(_ certificate: CertificateSummary, others: Int) {
        guard certificate.pin.lowercasedASCII == self.target.node.certName.lowercasedASCII else {
            self.findings.fail(
                .certificate,
                "the certificate is not the pinned one",
                hint: "If it was replaced on purpose, set CertName to \(certificate.pin)."
            )
            return
        }
        if others > 0 {
            self.findings.fail(
                .certificate,
                "the server sends \(others + 1) certificates: clients that pin take exactly one",
                hint: "Serve the certificate without its chain, or verify it by name."
            )
        }
        let host = self.target.node.hostName
        if IPAddress(host) == nil, !certificate.isFor(host) {
            self.findings.fail(
                .certificate,
                "the pinned certificate is for \(Self.list(certificate.names)), not for \(host)",
                hint: "Clients want the name as well as the pin."
            )
        }
    }

    /// Judges all other reasons for which TLS doesn't trust the certificate.
    private mutating func judgeTrust(_ certificate: CertificateSummary) {
        for (family, name) in Self.families {
            guard case .failure(let error)? = self.evidence[family].login, error.code == .tls else { continue }
            let hint =
                certificate.isSelfIssued
                ? "Clients trust it only when it is pinned: CertName \(certificate.pin)."
                : "Serve the whole chain; for an authority of your own give its certificate with --ca-file."
            self.findings.fail(.certificate, "\(name): \(error.message)", hint: hint)
        }
    }

    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "no name" }
        return names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
    }

    private static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }
}
