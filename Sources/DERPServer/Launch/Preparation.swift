import AsyncSockets
import DERPKit
import Glibc
import Logging

/// A relay's configuration with every file read and every name resolved, and what there is to say about it.
struct Preparation {
    private(set) var configuration: RelayServer.Configuration
    private(set) var notices: [Notice] = []
    /// The files of certificates that may change.
    private(set) var certificateFiles: CertificateFiles?

    /// Reads what `settings` name, and makes what is missing: the key, a self-signed certificate.
    ///
    /// - Parameter makesFiles: whether what is made is also written.
    /// - Throws: ``StartError`` with the setting at fault.
    init(_ settings: ServerSettings, makesFiles: Bool = true) throws(StartError) {
        var notices = settings.sources.notices
        let privateKey = try Self.privateKey(settings, &notices, makesFiles: makesFiles)
        let certificates = try Self.certificates(
            settings,
            &notices,
            files: &self.certificateFiles,
            makesFiles: makesFiles
        )
        let address = try Self.resolve(settings.listen)

        var configuration = RelayServer.Configuration(
            privateKey: privateKey,
            addresses: [address],
            security: certificates.map { .certificates($0) } ?? .none
        )
        // All on the host of -a, as in derper, so one look-up does for the three.
        configuration.plainHTTPAddresses = settings.plainHTTP.map { [SocketAddress(address.ip, port: $0.port)] } ?? []
        configuration.stunAddresses = settings.stun.map { [SocketAddress(address.ip, port: $0.port)] } ?? []
        configuration.isRelayEnabled = settings.isRelayEnabled
        configuration.homePage = settings.homePage
        configuration.debugNetworks = settings.debugNetworks
        configuration.region = settings.region(with: certificates?.certificate(for: settings.hostname))
        let authorities = try Self.authorities(settings)
        configuration.admission = try settings.admission.policy(authoritiesPEM: authorities)
        configuration.connectionLimits = settings.limits.connections
        configuration.rateLimits = try RateFile.read(settings.limits.rateFile)
        configuration.proxies = settings.proxies
        configuration.mapSources = settings.map.sources
        configuration.mapSources.authoritiesPEM = authorities
        configuration.bootstrapNames = settings.bootstrapNames
        configuration.loopCount = settings.loopCount
        configuration.tcpKeepAlive = settings.tcpKeepAlive
        configuration.tcpUserTimeout = settings.tcpUserTimeout
        configuration.writeTimeout = settings.writeTimeout
        self.configuration = configuration

        if settings.hostnameOrigin == .machine {
            notices.append(
                .warning("No -hostname given: using the machine's own name", ["hostname": "\(settings.hostname)"])
            )
        }
        notices += settings.admission.notices(of: configuration.admission)
        self.notices = notices
    }

    private static func privateKey(
        _ settings: ServerSettings,
        _ notices: inout [Notice],
        makesFiles: Bool
    ) throws(StartError) -> NodePrivateKey {
        guard let path = settings.keyFile else { return NodePrivateKey() }
        do {
            guard makesFiles else { return try KeyFile(path: path).loadIfPresent() ?? NodePrivateKey() }
            let loaded = try KeyFile(path: path).loadOrCreate()
            notices.append(
                .info(loaded.wasCreated ? "Made a private key" : "Read the private key", ["file": "\(path)"])
            )
            return loaded.key
        } catch {
            throw StartError("-c", error as? DERPError ?? DERPError(.keyFile, "can't use \(path)"))
        }
    }

    private static func certificates(
        _ settings: ServerSettings,
        _ notices: inout [Notice],
        files: inout CertificateFiles?,
        makesFiles: Bool
    ) throws(StartError) -> CertificateSet? {
        do {
            switch settings.transport {
            case .development:
                notices.append(.warning("Development: plain HTTP, not encrypted", ["cause": "-dev"]))
                return nil
            case .plain:
                notices.append(.warning("Plain HTTP, not encrypted", ["cause": "-certmode none"]))
                return nil
            case .manual(let directory):
                let read = try CertificateFiles(directory: directory, hosts: settings.hostnames)
                for file in read.files { notices.append(.init(file.certificate, of: file.host, directory: directory)) }
                files = read
                return read.certificates
            case .selfSigned(let directory):
                let certificates = try CertificateSet(hosts: settings.hostnames)
                for host in settings.hostnames {
                    guard makesFiles else {
                        let stored = try Certificate.storedSelfSigned(for: host, directory: directory)
                        try certificates.replace(try stored ?? .selfSigned(for: host), for: host)
                        continue
                    }
                    let stored = try Certificate.selfSigned(for: host, directory: directory)
                    notices.append(.init(stored, directory: directory))
                    try certificates.replace(stored.certificate, for: host)
                }
                return certificates
            }
        } catch {
            throw StartError("-certdir", error as? DERPError ?? DERPError(.certificate, "can't use the certificate"))
        }
    }

    private static func authorities(_ settings: ServerSettings) throws(StartError) -> String? {
        do {
            return try settings.caFile.map { path throws(DERPError) in try HTTPClient.readAuthorities(at: path) }
        } catch {
            throw StartError("--ca-file", error)
        }
    }

    private static func resolve(_ listen: ListenAddress) throws(StartError) -> SocketAddress {
        do {
            return try listen.resolve()
        } catch {
            throw StartError("-a", error)
        }
    }
}

extension Notice {
    /// What a certificate of files is worth.
    fileprivate init(_ certificate: Certificate, of host: String, directory: String) {
        let metadata: Logger.Metadata = [
            "directory": "\(directory)", "name": "\(host)", "expires": "\(certificate.expiryText)",
        ]
        self =
            certificate.validity.contains(time(nil))
            ? .info("Read the certificate", metadata)
            : .warning("The certificate is out of date: clients will refuse it", metadata)
    }

    /// What became of a stored self-signed certificate.
    fileprivate init(_ stored: Certificate.Stored, directory: String) {
        let metadata: Logger.Metadata = ["directory": "\(directory)"]
        self =
            switch stored.origin {
            case .found: .info("Read the self-signed certificate", metadata)
            case .made: .info("Made a self-signed certificate", metadata)
            case .renewed: .warning("Made the expired certificate anew: its pin has changed", metadata)
            case .renamed: .warning("Made the certificate of another host anew: its pin has changed", metadata)
            }
    }
}
