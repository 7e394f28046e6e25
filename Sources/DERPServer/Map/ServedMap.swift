import DERPKit

/// The map that a server with certain settings would serve, before its sources are read.
struct ServedMap: Sendable {
    let sources: RegionMap.Sources
    /// This server's own region; `nil` if it isn't in the map.
    let ownRegion: DERPRegion?
    /// Authorities to trust besides the system's.
    let caFile: String?
    /// Remarks about the settings, a line each.
    let notes: [String]

    init(_ settings: ServerSettings) {
        var notes = settings.sources.notices.map(\.description)
        var certificate: Certificate?
        do {
            certificate = try settings.transport.storedCertificate(for: settings.hostname)
            if certificate == nil, case .selfSigned = settings.transport {
                notes.append("info: the certificate is made at the first start: its pin isn't in the map yet")
            }
        } catch {
            let problem = settings.sources.layers.describe(StartError(\.certificates.directory, "\(error)"))
            notes.append("warning: \(problem): its pin isn't in the map")
        }
        self.sources = settings.mapSources
        var region = settings.ownRegion
        region.setPin(certificate?.mapPin)
        self.ownRegion = settings.mapSources.includesOwnRegion ? region : nil
        self.caFile = settings.caFile
        self.notes = notes
    }
}

extension Transport {
    /// The certificate that the server would read for `host`; `nil` if there is none yet, or no map would pin it.
    fileprivate func storedCertificate(for host: String) throws -> Certificate? {
        switch self {
        case .manual(let directory): try Certificate(directory: directory, host: host)
        case .selfSigned(let directory): try Certificate.storedSelfSigned(for: host, directory: directory)
        case .acme, .development, .plain: nil
        }
    }
}
