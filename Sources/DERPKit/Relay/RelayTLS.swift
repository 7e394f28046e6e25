import AsyncSockets
import Synchronization

/// The relay's TLS context, made anew long before the meta certificate in it expires.
final class RelayTLS: Sendable {
    private struct Current {
        var context: TLSContext
        var renewal: UInt64
    }

    private let certificate: Certificate
    private let key: NodePublicKey
    private let current: Mutex<Current>

    /// The meta certificate is valid for 30 days from when it is made.
    private static let lifetime = Duration.seconds(10 * 86400)

    /// - Throws: ``DERPError`` with code `certificate` when TLS can't be set up with it.
    init(certificate: Certificate, key: NodePublicKey) throws {
        self.certificate = certificate
        self.key = key
        self.current = Mutex(
            Current(context: try Self.makeContext(certificate, key), renewal: Self.lifetime.nanoseconds)
        )
    }

    /// The context to use now, which is `now` nanoseconds on a loop's clock.
    func context(now: UInt64) -> TLSContext {
        self.current.withLock { current in
            if now >= current.renewal {
                current.renewal = now + Self.lifetime.nanoseconds
                // Should it fail, the former one serves on; it is tried again in time.
                if let context = try? Self.makeContext(self.certificate, self.key) { current.context = context }
            }
            return current.context
        }
    }

    private static func makeContext(_ certificate: Certificate, _ key: NodePublicKey) throws -> TLSContext {
        do {
            return try TLSContext(
                serverChainPEM: certificate.chainPEM,
                privateKeyPEM: certificate.privateKeyPEM,
                appendedDER: [MetaCertificate.make(for: key)]
            )
        } catch let error as SocketError {
            throw DERPError(.certificate, error.message)
        }
    }
}
