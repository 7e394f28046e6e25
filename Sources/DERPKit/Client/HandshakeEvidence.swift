import AsyncSockets

/// The results of connecting with TCP and TLS.
struct HandshakeEvidence: Hashable, Sendable {
    let address: IPEndpoint
    /// The time that TCP took.
    let connectTime: Duration
    /// The time that TLS took; `nil` without TLS.
    let tlsTime: Duration?
    let isTLS13: Bool
    /// The server's own certificate.
    let certificate: CertificateSummary?
    /// The number of certificates besides the server's own and the meta certificate.
    let otherCertificates: Int
    /// The key in the meta certificate; `nil` if there is none.
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
            // Only the last certificate, because clients look only there.
            metaKey: metaKeys.last ?? nil
        )
    }
}
