import DERPKit
import Logging

/// Something that is read again on SIGHUP: a list, a certificate, the map. ``Launcher`` has them all.
struct Reloadable: Sendable {
    /// What it is, for the log.
    let name: String
    /// Reads it again, and logs what came of it. What can't be used leaves in force what was read before.
    let reload: @Sendable () async -> Void
}

extension Reloadable {
    static func map(of relay: RelayServer) -> Self {
        Self(name: "map") { await relay.regionMap.refresh() }
    }

    static func keyLists(_ lists: KeyLists, logger: Logger) -> Self {
        Self(name: "key lists") { lists.refresh(atOnce: true, logger: logger) }
    }

    static func certificates(_ service: CertificateService) -> Self {
        Self(name: "certificates") { await service.refresh() }
    }

    static func orders(of service: ACMEService) -> Self {
        Self(name: "failed orders of certificates") { await service.certificates.retry() }
    }

    static func rates(_ file: RateFile) -> Self {
        Self(name: "rates") { await file.reload() }
    }
}
