import DERPKit
import Logging
import ServiceLifecycle

/// Keeps the certificates that are ordered up to date.
struct ACMEService: Service {
    let certificates: ACMECertificates
    /// Ends when the relay listens: an authority looks as soon as something is ordered.
    let start: AsyncStream<Void>
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in self.start {}
            await self.certificates.run(logger: self.logger)
        }
    }
}
