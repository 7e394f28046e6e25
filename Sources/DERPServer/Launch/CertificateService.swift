import DERPKit
import Logging
import ServiceLifecycle

/// Keeps the certificates up to date with their files.
struct CertificateService: Service {
    let files: CertificateFiles
    let relay: RelayServer
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            await self.files.watch(logger: self.logger, onChange: self.publishPin)
        }
    }

    /// Reads the files at once.
    func refresh() async {
        if self.files.refresh(atOnce: true, logger: self.logger) { await self.publishPin() }
    }

    /// Clients know a self-signed certificate by its pin in the map alone.
    @Sendable
    private func publishPin() async {
        guard let certificate = self.files.certificates.defaultCertificate else { return }
        let pin = certificate.mapPin
        do {
            try await self.relay.regionMap.updateOwnRegion { region in
                if !region.nodes.isEmpty { region.nodes[0].certName = pin }
            }
        } catch {
            self.logger.error("The certificate's pin can't be put into the map", metadata: ["problem": "\(error)"])
        }
    }
}

extension Certificate {
    /// What the map says as `CertName`: the pin when nothing else vouches for the certificate, else nothing.
    var mapPin: String { self.isSelfSigned ? self.pin : "" }
}
