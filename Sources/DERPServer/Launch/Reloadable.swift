import DERPKit
import Logging

/// Something that is read again on SIGHUP: a list, a certificate, the map. ``Launcher`` has them all.
struct Reloadable: Sendable {
    /// What is read again.
    enum Kind: String, CaseIterable {
        case map
        case keyLists = "key lists"
        case certificates
        case orders = "failed orders of certificates"
        case rates
    }

    let kind: Kind
    /// What it is, for the log.
    var name: String { self.kind.rawValue }
    /// Reads it again, and logs what came of it. What can't be used leaves in force what was read before.
    let reload: @Sendable () async -> Void
}

extension Reloadable {
    static func map(of relay: RelayServer) -> Self {
        Self(kind: .map) { await relay.regionMap.refresh() }
    }

    static func keyLists(_ lists: KeyLists, logger: Logger) -> Self {
        Self(kind: .keyLists) { lists.refresh(atOnce: true, logger: logger) }
    }

    static func certificates(_ service: CertificateService) -> Self {
        Self(kind: .certificates) { await service.refresh() }
    }

    static func orders(of service: ACMEService) -> Self {
        Self(kind: .orders) { await service.certificates.retry() }
    }

    static func rates(_ file: RateFile) -> Self {
        Self(kind: .rates) { await file.reload() }
    }
}
