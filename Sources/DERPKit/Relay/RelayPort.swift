/// What the connections of one port have in common.
final class RelayPort: Sendable {
    let router: HTTPRouter
    /// `nil` for plain HTTP.
    let tls: RelayTLS?
    let metrics: MetricsPage

    init(router: HTTPRouter, tls: RelayTLS?, metrics: MetricsPage) {
        self.router = router
        self.tls = tls
        self.metrics = metrics
    }
}
