import DERPKit

/// What protects the relay's port.
enum Transport: Hashable {
    /// `-dev`: plain HTTP on loopback with a fresh key.
    case development
    /// `-certmode self-signed`, with the directory that keeps the certificate.
    case selfSigned(directory: String)
    /// `-certmode manual`, with the directory that has the certificate.
    case manual(directory: String)
    /// `-certmode letsencrypt`, with how certificates are ordered, but for the authorities to trust.
    case acme(ACMEConfiguration)
    /// `-certmode none`: plain HTTP, behind a proxy that ends TLS.
    case plain

    /// Whether certificates are ordered.
    var isACME: Bool { if case .acme = self { true } else { false } }

    var isTLS: Bool {
        switch self {
        case .selfSigned, .manual, .acme: true
        case .development, .plain: false
        }
    }
}
