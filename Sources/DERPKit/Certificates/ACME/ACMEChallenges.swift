import AsyncSockets

/// The answers to the challenges of ACME servers that are validating now, for their connections.
package final class ACMEChallenges: Sendable {
    private struct State {
        /// The key authorizations by their tokens (HTTP-01).
        var files: [String: String] = [:]
        /// The contexts by the names that validators ask for (TLS-ALPN-01).
        var contexts: [String: TLSContext] = [:]
    }

    private let state = Lock(State())

    package init() {}

    /// The protocol that validators of TLS-ALPN-01 offer (RFC 8737 §6.2), and nobody else.
    static let applicationProtocol: StaticString = "acme-tls/1"

    /// Returns the content of the file with the name `token`, or `nil` if there is none.
    package func file(for token: String) -> String? { self.state.withLock { $0.files[token] } }

    /// Returns the context for a validator that asks for `name`.
    func context(for name: String?) -> TLSContext? {
        name.flatMap { name in self.state.withLock { $0.contexts[name] } }
    }

    /// Returns whether a client is a validator of TLS-ALPN-01, which offers nothing else (RFC 8737 §3).
    static func isValidation(_ hello: TLSClientHello) -> Bool { hello.protocols == ["\(Self.applicationProtocol)"] }

    /// Shows the answer to a challenge until ``remove(_:)``.
    func show(
        _ type: ACMEChallengeType,
        token: String,
        for host: CertificateHost,
        key: ACMEAccountKey
    ) throws -> Shown {
        let authorization = key.keyAuthorization(of: token)
        switch type.kind {
        case .http:
            self.state.withLock { $0.files[token] = authorization }
            return Shown(type: type, name: token)
        case .tlsALPN:
            let certificate = try ACMEValidationCertificate.make(for: host, keyAuthorization: authorization)
            let context = try TLSContext(
                serverChainPEM: certificate.chainPEM,
                privateKeyPEM: certificate.privateKeyPEM,
                applicationProtocol: Self.applicationProtocol
            )
            self.state.withLock { $0.contexts[host.validationName] = context }
            return Shown(type: type, name: host.validationName)
        }
    }

    /// What ``show(_:token:for:key:)`` has shown.
    struct Shown: Hashable {
        let type: ACMEChallengeType
        let name: String
    }

    func remove(_ shown: Shown) {
        self.state.withLock { state in
            switch shown.type.kind {
            case .http: state.files[shown.name] = nil
            case .tlsALPN: state.contexts[shown.name] = nil
            }
        }
    }
}
