import AsyncSockets

/// How TCP and TLS went.
struct HandshakeEvidence: Hashable, Sendable {
    let address: IPEndpoint
    /// For TCP.
    let connectTime: Duration
    /// For TLS; `nil` without it.
    let tlsTime: Duration?
    let isTLS13: Bool
    /// The server's own certificate.
    let certificate: CertificateSummary?
    /// How many certificates came besides that and the meta certificate.
    let otherCertificates: Int
    /// The key in the meta certificate; `nil` without one.
    let metaKey: NodePublicKey?
}

extension HandshakeEvidence {
    init(address: IPEndpoint, connectTime: Duration, tlsTime: Duration?, peer: TLSPeer?) {
        let certificates = peer?.certificates ?? []
        let metaKeys = certificates.map { MetaCertificate.key(in: $0) }
        let others = zip(certificates, metaKeys).filter { $1 == nil }.map(\.0)
        self.init(
            address: address,
            connectTime: connectTime,
            tlsTime: tlsTime,
            isTLS13: peer?.isTLS13 ?? false,
            certificate: others.first.flatMap { CertificateSummary(der: $0) },
            otherCertificates: max(others.count - 1, 0),
            // Only where clients look for it.
            metaKey: metaKeys.last ?? nil
        )
    }
}
