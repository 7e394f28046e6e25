/// What the connections of one port have in common.
final class RelayPort: Sendable {
    let router: HTTPRouter
    /// `nil` for plain HTTP.
    let tls: RelayTLS?
    let metrics: RelayMetrics
    /// The certificates that the relay's TLS ports show. `nil` when there are no such ports.
    let certificates: CertificateSet?

    init(router: HTTPRouter, tls: RelayTLS?, metrics: RelayMetrics, certificates: CertificateSet?) {
        self.router = router
        self.tls = tls
        self.metrics = metrics
        self.certificates = certificates
    }
}
