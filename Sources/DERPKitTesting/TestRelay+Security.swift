import DERPKit

extension TestRelay {
    /// What protects the connections of a relay for tests. More kinds may be added in later versions.
    public struct Security: Sendable {
        private enum Kind {
            case plain, selfSigned
            case certificate(Certificate)
        }

        private let kind: Kind

        /// Nothing: plain HTTP.
        public static let plain = Self(kind: .plain)
        /// TLS with a new certificate for 127.0.0.1, signed by itself.
        public static let tls = Self(kind: .selfSigned)
        /// TLS with this certificate.
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
