import DERPKit

extension TestRelay {
    /// How the connections of a test relay are protected. Later versions may add more kinds.
    public struct Security: Sendable {
        private enum Kind {
            case plain, selfSigned
            case certificate(Certificate)
        }

        private let kind: Kind

        /// Not protected: plain HTTP.
        public static let plain = Self(kind: .plain)
        /// TLS with a new self-signed certificate for 127.0.0.1.
        public static let tls = Self(kind: .selfSigned)
        /// Returns TLS with this certificate.
        public static func tls(_ certificate: Certificate) -> Self { Self(kind: .certificate(certificate)) }

        func certificate() throws -> Certificate? {
            switch self.kind {
            case .plain: nil
            case .selfSigned: try Certificate.selfSigned(for: "127.0.0.1")
            case .certificate(let certificate): certificate
            }
        }
    }
}
