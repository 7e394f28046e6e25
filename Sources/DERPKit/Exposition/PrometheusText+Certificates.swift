import FoundationEssentials

extension PrometheusText {
    /// When certificates expire, and what happened to new ones.
    mutating func write(_ certificates: CertificateSet) {
        let counters = certificates.counters
        self.gauge(
            "derp_certificate_expiry_timestamp_seconds",
            "When the certificate of a name expires, in seconds since 1970; 0: there is none.",
            certificates.status.map { (Int($0.expiry?.timeIntervalSince1970 ?? 0), [("name", $0.host)]) }
        )
        self.counter(
            "derp_certificate_replacements_total",
            "Certificates that were put to use, the first ones too.",
            counters.replacements
        )
        self.counter(
            "derp_certificate_failures_total",
            "New certificates that could not be had or used.",
            counters.failures
        )
        self.counter(
            "derp_certificate_refusals_total",
            "TLS clients for whom there was no certificate.",
            counters.refusals
        )
    }
}
