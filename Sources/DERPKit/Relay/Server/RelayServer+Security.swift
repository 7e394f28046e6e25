extension RelayServer.Configuration {
    /// What protects the relay's port. Later versions may add more kinds.
    public struct Security: Sendable {
        enum Kind {
            case single(Certificate)
            case set(CertificateSet)
            case files(CertificateFiles)
            case orders(ACMECertificates)
            case none
        }

        let kind: Kind

        /// TLS 1.2 and 1.3 with this certificate.
        public static func tls(_ certificate: Certificate) -> Self { Self(kind: .single(certificate)) }

        /// TLS 1.2 and 1.3 with these certificates, chosen by the name that a client asks for. The relay shows what the
        /// set holds. The caller replaces certificates before they expire.
        public static func certificates(_ certificates: CertificateSet) -> Self { Self(kind: .set(certificates)) }

        /// TLS 1.2 and 1.3 with the certificates in these files. The relay follows the files: a certificate that
        /// changes is used within seconds.
        public static func files(_ files: CertificateFiles) -> Self { Self(kind: .files(files)) }

        /// TLS 1.2 and 1.3 with certificates from an ACME server (RFC 8555). The relay orders and renews them, and
        /// answers the server's challenges.
        public static func acme(_ certificates: ACMECertificates) -> Self { Self(kind: .orders(certificates)) }

        /// Plain HTTP, for tests and behind a proxy that ends TLS.
        public static let none = Self(kind: .none)
    }
}

extension RelayServer.Configuration.Security {
    /// Returns the certificates that clients are shown. `nil` without TLS.
    func certificates() throws(DERPError) -> CertificateSet? {
        switch self.kind {
        case .single(let certificate): try CertificateSet(certificate)
        case .set(let certificates): certificates
        case .files(let files): files.certificates
        case .orders(let orders): orders.certificates
        case .none: nil
        }
    }

    /// The names for which there are certificates.
    var hostnames: [String] {
        switch self.kind {
        case .single(let certificate): certificate.names
        case .set(let certificates): certificates.status.map(\.host)
        case .files(let files): files.certificates.status.map(\.host)
        case .orders(let orders): orders.certificates.status.map(\.host)
        case .none: []
        }
    }

    var files: CertificateFiles? { if case .files(let files) = self.kind { files } else { nil } }

    var orders: ACMECertificates? { if case .orders(let orders) = self.kind { orders } else { nil } }
}
