import AsyncSockets
import DERPKit
import Logging

extension ServerOptions {
    /// Reads what `sources` say together.
    ///
    /// - Throws: ``UsageError`` with the setting that is wrong, and where it is from.
    init(_ sources: SettingSources) throws(UsageError) {
        do {
            self = try Self.parse(sources.layers.arguments)
        } catch {
            throw UsageError(sources.layers.locating(Self.message(for: error)))
        }
    }
}

extension ServerSettings {
    /// Makes sense of what `sources` say together in `environment`.
    ///
    /// - Throws: ``UsageError`` with the setting that is wrong, and where it is from.
    init(_ sources: SettingSources, in environment: HostEnvironment) throws(UsageError) {
        let options = try ServerOptions(sources)
        do {
            try self.init(options, in: environment)
        } catch {
            throw UsageError(sources.layers.locating(error.description))
        }
        self.sources = sources
    }

    /// Makes sense of `options` in `environment`.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ options: ServerOptions, in environment: HostEnvironment) throws(UsageError) {
        let listen = try Self.listen(options)
        let transport = try Self.transport(options, in: environment)
        (self.hostnames, self.hostnameOrigin) = try Self.hostnames(options, listen: listen, in: environment)
        try Self.checkAddresses(self.hostnames, options)
        try Self.checkFiles(of: self.hostnames, transport)
        self.listen = listen
        self.transport = transport
        self.keyFile = try Self.keyFile(options, in: environment)

        let httpPort = try FlagValue("-http-port", options.httpPort).integer(in: -1...65535)
        self.plainHTTP = transport.isTLS && httpPort >= 0 ? listen.with(port: UInt16(httpPort)) : nil
        self.stun = try STUNSettings(options, listen: listen)
        if let plainHTTP = self.plainHTTP, plainHTTP.port == listen.port, listen.port != 0 {
            throw UsageError(
                "-http-port and -a are both port \(listen.port): choose another, or -http-port=-1 for none"
            )
        }

        self.isRelayEnabled = options.derp
        self.homePage = try Self.homePage(options.home)
        self.tcpKeepAlive = try FlagValue("-tcp-keepalive-time", options.tcpKeepaliveTime)
            .duration(zeroOr: .seconds(1)...(.seconds(32767)))
        self.tcpUserTimeout = try FlagValue("-tcp-user-timeout", options.tcpUserTimeout)
            .duration(zeroOr: .milliseconds(1)...(.seconds(86400)))
        self.writeTimeout = try FlagValue("-tcp-write-timeout", options.tcpWriteTimeout)
            .duration(zeroOr: .milliseconds(1)...(.seconds(86400)))
        self.loopCount = try options.loops.map { text throws(UsageError) in
            try FlagValue("--loops", text).integer(in: 1...256)
        }
        self.region = try RegionSettings(options)
        self.map = try MapSettings(options, in: environment)
        self.caFile = options.caFile?.isEmpty == true ? nil : options.caFile
        self.bootstrapNames = try BootstrapNames(options.bootstrap)
        self.debugNetworks = try Self.networks("--debug-allow", options.debugAllow)
        self.admission = try AdmissionSettings(options.admission)
        self.limits = try LimitSettings(options.limits)
        self.proxies = try ProxyTrust(options.proxies)
        self.mesh = try MeshSettings(options.mesh, isDevelopment: options.dev, in: environment)
        self.takeover = try TakeoverConfiguration(options.takeover)
        guard let level = Logger.Level(rawValue: options.logLevel) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--log-level is one of \(levels), not \(UsageError.quote(options.logLevel))")
        }
        self.logLevel = level
    }

    private static func listen(_ options: ServerOptions) throws(UsageError) -> ListenAddress {
        guard let listen = ListenAddress(options.address) else {
            throw UsageError(
                "-a is :port, ip:port, [ipv6]:port or name:port, not \(UsageError.quote(options.address))"
            )
        }
        return options.dev ? ListenAddress(host: "127.0.0.1", port: 3340) : listen
    }

    private static func transport(
        _ options: ServerOptions,
        in environment: HostEnvironment
    ) throws(UsageError) -> Transport {
        let directory: () throws(UsageError) -> String = { () throws(UsageError) in
            guard let path = options.certdir ?? environment.defaultCertificateDirectory, !path.isEmpty else {
                throw UsageError("-certdir is needed: the directory of the certificates")
            }
            return path
        }
        let acme = try ACMESettings(options.acme)
        switch options.certmode {
        case _ where options.dev: return .development
        case "self-signed": return .selfSigned(directory: try directory())
        case "manual": return .manual(directory: try directory())
        case "none": return .plain
        case "letsencrypt": return .acme(directory: try directory(), acme)
        case "gcp":
            throw UsageError(
                "-certmode gcp is made for Tailscale's own servers: use letsencrypt with --acme-directory, -acme-eab-kid and "
                    + "-acme-eab-key"
            )
        default:
            let modes = "self-signed, manual, letsencrypt or none"
            throw UsageError("-certmode is \(modes), not \(UsageError.quote(options.certmode))")
        }
    }

    private static func hostnames(
        _ options: ServerOptions,
        listen: ListenAddress,
        in environment: HostEnvironment
    ) throws(UsageError) -> ([String], HostnameOrigin) {
        if !options.hostname.isEmpty {
            let names = options.hostname.parts(at: ",").map { name in
                String(name.trimmed)
            }
            for name in names where CertificateHost(name) == nil {
                throw UsageError("-hostname is a DNS name or an IP address, not \(UsageError.quote(name))")
            }
            do {
                _ = try CertificateSet(hosts: names)
            } catch {
                throw UsageError("-hostname names hosts: \(error)")
            }
            return (names, .flag)
        }
        if !listen.isEvery, CertificateHost(listen.host) != nil { return ([listen.host], .listenAddress) }
        guard CertificateHost(environment.hostname) != nil else {
            throw UsageError("-hostname is needed: the name or IP address that clients connect to")
        }
        return ([environment.hostname], .machine)
    }

    /// Certificates for addresses are ordered only by who asks for them, as in derper.
    private static func checkAddresses(_ hostnames: [String], _ options: ServerOptions) throws(UsageError) {
        let isACME = options.certmode == "letsencrypt" && !options.dev
        if isACME, !options.acme.addresses, let address = hostnames.first(where: { IPAddress($0) != nil }) {
            throw UsageError("-hostname: \(address) is an address: add -acme-ip-certs to order a certificate for it")
        }
    }

    /// Names that differ only in what names of files leave out would have one file.
    private static func checkFiles(of hostnames: [String], _ transport: Transport) throws(UsageError) {
        switch transport {
        case .selfSigned, .manual: break
        case .acme, .development, .plain: return
        }
        var hosts = [String: String]()
        for host in hostnames {
            guard let name = CertificateHost(host)?.fileName else { continue }
            if let other = hosts.updateValue(host, forKey: name) {
                throw UsageError("-hostname: \(other) and \(host) have the same file in -certdir, \(name).crt")
            }
        }
    }

    private static func keyFile(
        _ options: ServerOptions,
        in environment: HostEnvironment
    ) throws(UsageError) -> String? {
        if options.dev { return nil }
        let given = options.keyFile.isEmpty ? environment.defaultKeyFile : options.keyFile
        guard let path = given else { throw UsageError("-c is needed: the file of the private key, made when missing") }
        return path
    }

    private static func homePage(_ text: String) throws(UsageError) -> RelayServer.Configuration.HomePage {
        switch text {
        case "": return .standard
        case "blank": return .blank
        default:
            // It becomes a header field, so nothing but visible ASCII.
            let isURL = text.begins(with: "http://") || text.begins(with: "https://")
            guard isURL, text.utf8.count <= 2048, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw UsageError("-home is \"blank\" or an http or https URL, not \(UsageError.quote(text))")
            }
            return .redirect(text)
        }
    }

    /// Networks, separated by commas or in values of their own.
    static func networks(_ flag: String, _ values: [String]) throws(UsageError) -> [IPNetwork] {
        var networks = [IPNetwork]()
        for text in values.flatMap({ $0.parts(at: ",") }) where !text.isEmpty {
            guard let network = IPNetwork(text.trimmed) else {
                throw UsageError(
                    "\(flag) takes networks such as 192.0.2.0/24, not \(UsageError.quote(String(text)))"
                )
            }
            networks.append(network)
        }
        return networks
    }
}
