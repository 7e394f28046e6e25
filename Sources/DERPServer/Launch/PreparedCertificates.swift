import DERPKit
import Glibc
import Logging

/// The certificates that clients are shown.
struct PreparedCertificates {
    private(set) var security = RelayServer.Configuration.Security.none
    private(set) var notices: [Notice] = []

    /// Reads the files that `settings` name, and creates missing ones.
    ///
    /// - Parameters:
    ///   - authoritiesPEM: authorities to trust besides the system's.
    ///   - makesFiles: Whether to write what is created.
    /// - Throws: ``StartError`` with the setting at fault.
    init(_ settings: ServerSettings, authoritiesPEM: String?, makesFiles: Bool) throws(StartError) {
        do {
            switch settings.transport {
            case .development:
                self.notices.append(.warning("Development: plain HTTP, not encrypted", ["cause": "-dev"]))
            case .plain:
                self.notices.append(.warning("Plain HTTP, not encrypted", ["cause": "-certmode none"]))
            case .manual(let directory):
                try self.useFiles(in: directory, settings)
            case .selfSigned(let directory):
                try self.useSelfSigned(in: directory, settings, makesFiles: makesFiles)
            case .acme(var configuration):
                configuration.authoritiesPEM = authoritiesPEM
                try self.order(configuration, settings, makesFiles: makesFiles)
            }
        } catch {
            throw StartError(\.certificates.directory, error)
        }
    }

    private mutating func useFiles(in directory: String, _ settings: ServerSettings) throws(DERPError) {
        let files = try CertificateFiles(directory: directory, hosts: settings.hostnames)
        self.security = .files(files)
        self.notices = files.files.map { .init($0.certificate, of: $0.host, directory: directory) }
    }

    private mutating func useSelfSigned(
        in directory: String,
        _ settings: ServerSettings,
        makesFiles: Bool
    ) throws(DERPError) {
        guard makesFiles else {
            let certificates = try CertificateSet(hosts: settings.hostnames)
            for host in settings.hostnames {
                let stored = try Certificate.storedSelfSigned(for: host, directory: directory)
                let certificate = if let stored { stored } else { try Certificate.selfSigned(for: host) }
                try certificates.replace(certificate, for: host)
            }
            self.security = .certificates(certificates)
            return
        }
        for host in settings.hostnames {
            let stored = try Certificate.selfSigned(for: host, directory: directory, now: time(nil))
            self.notices.append(.init(stored, of: host, directory: directory))
        }
        let files = try CertificateFiles(directory: directory, hosts: settings.hostnames, kind: .selfSigned)
        self.security = .files(files)
    }

    private mutating func order(
        _ configuration: ACMEConfiguration,
        _ settings: ServerSettings,
        makesFiles: Bool
    ) throws(DERPError) {
        var configuration = configuration
        // Without the plain port, only the TLS challenge can be answered.
        if settings.plainHTTP == nil { configuration.challenges = [.tlsALPN] }
        let certificates = try ACMECertificates(
            configuration: configuration,
            hosts: settings.hostnames,
            storesKey: makesFiles
        )
        self.security = .acme(certificates)
        for host in settings.hostnames {
            if let certificate = certificates.certificates.certificate(for: host) {
                self.notices.append(.init(certificate, of: host, directory: configuration.storage))
            } else {
                self.notices.append(
                    .warning("There is no certificate yet: clients are refused until there is", ["name": "\(host)"])
                )
            }
        }
    }
}

extension Notice {
    /// Reports a certificate that was read.
    fileprivate init(_ certificate: Certificate, of host: String, directory: String) {
        let metadata: Logger.Metadata = [
            "directory": "\(directory)", "name": "\(host)", "expires": "\(certificate.expiryText)",
        ]
        self =
            certificate.validSeconds.contains(time(nil))
            ? .info("Read the certificate", metadata)
            : .warning("The certificate is out of date: clients will refuse it", metadata)
    }

    /// Reports what happened to a stored self-signed certificate.
    fileprivate init(_ stored: Certificate.Stored, of host: String, directory: String) {
        let metadata: Logger.Metadata = ["directory": "\(directory)", "name": "\(host)"]
        self =
            switch stored.origin.kind {
            case .found: .info("Read the self-signed certificate", metadata)
            case .made: .info("Made a self-signed certificate", metadata)
            case .renewed: .warning("Replaced the expired certificate: its pin has changed", metadata)
            case .renamed: .warning("Replaced the certificate of another host: its pin has changed", metadata)
            }
    }
}
