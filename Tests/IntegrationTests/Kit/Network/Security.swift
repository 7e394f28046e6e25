import Testing

/// What protects a connection.
enum Security: Hashable, Sendable, CustomTestStringConvertible {
    case plain
    case tls(TLSSession.Version)

    static let tls13 = Security.tls(.tls13)
    static let tls12 = Security.tls(.tls12)
    static let all: [Security] = [.plain, .tls12, .tls13]

    var isTLS: Bool { self != .plain }

    var testDescription: String {
        switch self {
        case .plain: "plain TCP"
        case .tls(.tls11): "TLS 1.1"
        case .tls(.tls12): "TLS 1.2"
        case .tls(.tls13): "TLS 1.3"
        }
    }
}
