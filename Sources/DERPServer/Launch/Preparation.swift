import AsyncSockets
import DERPKit
import Logging

/// A relay's configuration with every file read and every name resolved, and what there is to say about it.
struct Preparation {
    private(set) var configuration: RelayServer.Configuration
    private(set) var notices: [Notice] = []

    /// Reads what `settings` name, and makes what is missing: the key, a self-signed certificate.
    ///
    /// - Parameter makesFiles: whether what is made is also written.
    /// - Throws: ``StartError`` with the setting at fault.
    init(_ settings: ServerSettings, makesFiles: Bool = true) throws(StartError) {
        var notices = settings.sources.notices
        let privateKey = try Self.privateKey(settings, &notices, makesFiles: makesFiles)
        let certificate = try Self.certificate(settings, &notices, makesFiles: makesFiles)
        let address = try Self.resolve(settings.listen)

        var configuration = RelayServer.Configuration(
            privateKey: privateKey,
            addresses: [address],
            security: certificate.map { .tls($0) } ?? .none
        )
        // All on the host of -a, as in derper, so one look-up does for the three.
        configuration.plainHTTPAddresses = settings.plainHTTP.map { [SocketAddress(address.ip, port: $0.port)] } ?? []
        configuration.stunAddresses = settings.stun.map { [SocketAddress(address.ip, port: $0.port)] } ?? []
        configuration.isRelayEnabled = settings.isRelayEnabled
        configuration.homePage = settings.homePage
        configuration.debugNetworks = settings.debugNetworks
        configuration.region = settings.region(with: certificate)
        let authorities = try Self.authorities(settings)
        configuration.admission = try settings.admission.policy(authoritiesPEM: authorities)
        configuration.mapSources = settings.map.sources
        configuration.mapSources.authoritiesPEM = authorities
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

    private static func certificate(
        _ settings: ServerSettings,
        _ notices: inout [Notice],
        makesFiles: Bool
    ) throws(StartError) -> Certificate? {
        do {
            switch settings.transport {
            case .development:
                notices.append(.warning("Development: plain HTTP, not encrypted", ["cause": "-dev"]))
                return nil
            case .plain:
                notices.append(.warning("Plain HTTP, not encrypted", ["cause": "-certmode none"]))
                return nil
            case .manual(let directory):
                let certificate = try Certificate(directory: directory, host: settings.hostname)
                notices.append(.info("Read the certificate", ["directory": "\(directory)"]))
                return certificate
            case .selfSigned(let directory) where !makesFiles:
                return try Certificate.storedSelfSigned(for: settings.hostname, directory: directory)
                    ?? Certificate.selfSigned(for: settings.hostname)
            case .selfSigned(let directory):
                let stored = try Certificate.selfSigned(for: settings.hostname, directory: directory)
                notices.append(.init(stored, directory: directory))
                return stored.certificate
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
