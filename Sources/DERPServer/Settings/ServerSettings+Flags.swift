import AsyncSockets
import IPAddresses
import DERPKit

extension ServerSettings {
    /// Reads what `sources` say together in `environment`.
    ///
    /// - Throws: ``UsageError`` with the setting that is wrong, and where it comes from.
    init(_ sources: SettingSources, in environment: HostEnvironment) throws(UsageError) {
        let given = sources.layers.given
        let isDevelopment = try given.general.development
        let address = try given.listening.address
        let listen = isDevelopment ? ListenAddress(host: "127.0.0.1", port: 3340) : address
        let transport = try Self.transport(given.certificates, isDevelopment: isDevelopment, in: environment)
        (self.hostnames, self.hostnameOrigin) = try Self.hostnames(given.listening, listen: listen, in: environment)
        try Self.check(self.hostnames, transport, given)
        self.listen = listen
        self.transport = transport
        self.keyFile = try isDevelopment ? nil : Self.keyFile(given.general, in: environment)

        let httpPort = try given.listening.httpPort
        self.plainHTTP = transport.isTLS && httpPort >= 0 ? listen.with(port: UInt16(httpPort)) : nil
        self.stun = try STUNSettings(given.listening, isDevelopment: isDevelopment, listen: listen)
        if let plainHTTP = self.plainHTTP, plainHTTP.port == listen.port, listen.port != 0 {
            throw given.listening.error(
                \.httpPort,
                "and -a are both port \(listen.port): choose another, or -http-port=-1 for none",
                or: Flag[\.listening.address]
            )
        }

        self.isRelayEnabled = try given.listening.relays
        self.homePage = try given.listening.homePage
        self.tcpKeepAlive = try given.listening.keepAliveTime
        self.tcpUserTimeout = try given.listening.userTimeout
        self.proxies = ProxyTrust()
        self.proxies.networks = try given.listening.proxyNetworks
        self.proxies.sendsHeader = try given.listening.sendsProxyHeader
        self.writeTimeout = try given.limits.writeTimeout
        self.queueDelayLimit = try given.limits.queueDelay
        self.limits = try LimitSettings(given.limits)
        self.loopCount = try given.general.loops
        self.loopWaiting = try IOLoop.Waiting(given.general)
        self.logLevel = try given.general.logLevel
        self.debugNetworks = try given.general.metricsNetworks
        let caFile = try given.general.authoritiesFile
        self.caFile = caFile?.isEmpty == true ? nil : caFile
        self.region = try RegionSettings(given.map)
        self.mapSources = try RegionMap.Sources(given.map, in: environment)
        self.bootstrapNames = BootstrapNames()
        self.bootstrapNames.published = try given.map.bootstrapNames
        self.bootstrapNames.unpublished = try given.map.unpublishedNames
        self.admission = try AdmissionSettings(given.admission)
        self.mesh = try MeshSettings(given.peers, isDevelopment: isDevelopment, in: environment)
        let drainTime = try given.peers.drainTime
        self.takeover = try given.peers.takeover.map { TakeoverConfiguration(path: $0) }
        self.takeover?.drainTime = drainTime
        self.sources = sources
    }

    private static func transport(
        _ given: GivenFlags<CertificateFlags>,
        isDevelopment: Bool,
        in environment: HostEnvironment
    ) throws(UsageError) -> Transport {
        let directory: () throws(UsageError) -> String = { () throws(UsageError) in
            guard let path = try given.directory ?? environment.defaultCertificateDirectory, !path.isEmpty else {
                throw given.error(\.directory, "is needed: the directory of the certificates")
            }
            return path
        }
        var acme = ACMEConfiguration(storage: "")
        try acme.take(given)
        switch try given.mode {
        case _ where isDevelopment: return .development
        case "self-signed": return .selfSigned(directory: try directory())
        case "manual": return .manual(directory: try directory())
        case "none": return .plain
        case "letsencrypt":
            acme.storage = try directory()
            return .acme(acme)
        case "gcp":
            throw given.error(
                \.mode,
                "gcp is made for Tailscale's own servers: use letsencrypt with --acme-directory, -acme-eab-kid and "
                    + "-acme-eab-key"
            )
        case let mode:
            let modes = "self-signed, manual, letsencrypt or none"
            throw given.error(\.mode, "is \(modes), not \(UsageError.quote(mode))")
        }
    }

    private static func hostnames(
        _ given: GivenFlags<ListeningFlags>,
        listen: ListenAddress,
        in environment: HostEnvironment
    ) throws(UsageError) -> ([String], HostnameOrigin) {
        let text = try given.hostname
        if !text.isEmpty {
            let names = text.parts(at: ",").map { String($0.trimmed) }
            for name in names where CertificateHost(name) == nil {
                throw given.error(\.hostname, "is a DNS name or an IP address, not \(UsageError.quote(name))")
            }
            do {
                _ = try CertificateSet(hosts: names)
            } catch {
                throw given.error(\.hostname, "names hosts: \(error)")
            }
            return (names, .flag)
        }
        if !listen.isEvery, CertificateHost(listen.host) != nil { return ([listen.host], .listenAddress) }
        guard CertificateHost(environment.hostname) != nil else {
            throw given.error(\.hostname, "is needed: the name or IP address that clients connect to")
        }
        return ([environment.hostname], .machine)
    }

    /// Refuses hosts that can't all have certificates.
    private static func check(
        _ hostnames: [String],
        _ transport: Transport,
        _ given: GivenFlags<ServerFlags>
    ) throws(UsageError) {
        switch transport {
        case .development, .plain: return
        case .acme(let acme):
            // As in derper, certificates for addresses are ordered only on request.
            guard !acme.ordersForAddresses, let address = hostnames.first(where: { IPAddress($0) != nil }) else {
                return
            }
            throw given.listening.error(
                \.hostname,
                "has an address, \(address): add -acme-ip-certs to order a certificate for it"
            )
        case .selfSigned, .manual:
            // Some names have the same file, because file names leave out some characters.
            var hosts = [String: String]()
            for host in hostnames {
                guard let name = CertificateHost(host)?.fileName else { continue }
                if let other = hosts.updateValue(host, forKey: name) {
                    throw given.listening.error(
                        \.hostname,
                        "has \(other) and \(host), which have the same file in -certdir, \(name).crt"
                    )
                }
            }
        }
    }

    private static func keyFile(
        _ given: GivenFlags<GeneralFlags>,
        in environment: HostEnvironment
    ) throws(UsageError) -> String {
        let path = try given.keyFile
        guard let path = path.isEmpty ? environment.defaultKeyFile : path else {
            throw given.error(\.keyFile, "is needed: the file of the private key, made when missing")
        }
        return path
    }
}

extension ACMEConfiguration {
    /// Takes the flags, whatever `-certmode` says: those that are wrong are refused.
    fileprivate mutating func take(_ given: GivenFlags<CertificateFlags>) throws(UsageError) {
        if let url = try given.acmeDirectory { self.directoryURL = url }
        self.email = try given.email
        self.ordersForAddresses = try given.certifiesAddresses
        self.profile = try given.profile
        self.retryDelay = try given.retryDelay
        let (keyID, key) = (try given.bindingKeyID, try given.bindingKey)
        // One without the other is refused by FlagNeed.
        if keyID.isEmpty || key.isEmpty { return }
        // Not shown: it is a secret.
        guard let binding = ACMEAccountBinding(keyID: keyID, key: key) else {
            throw given.error(\.bindingKey, "is a key in base64")
        }
        self.accountBinding = binding
    }
}

extension RegionMap.Sources {
    /// Takes the flags. Authorities are read later.
    fileprivate init(_ given: GivenFlags<MapFlags>, in environment: HostEnvironment) throws(UsageError) {
        self.init()
        self.urls = try given.urls
        self.paths = try given.paths
        self.includesOwnRegion = try given.includesOwnRegion
        self.nodeOrderSeed = try given.shuffle
        self.updateInterval = try given.updateInterval
        let directory = try given.cache ?? environment.defaultMapCache
        self.cacheDirectory = directory?.isEmpty == true ? nil : directory
    }
}
