import AsyncSockets
import DERPKit
import Logging

/// A relay's configuration with all files read and all names resolved, and the lines to log about it.
struct Preparation {
    private(set) var configuration: RelayServer.Configuration
    private(set) var notices: [Notice] = []

    /// Reads the files that `settings` name, and creates missing ones: the key, a self-signed certificate.
    ///
    /// - Parameter makesFiles: whether what is made is also written.
    /// - Throws: ``StartError`` with the setting at fault.
    init(_ settings: ServerSettings, makesFiles: Bool = true) async throws(StartError) {
        var notices = settings.sources.notices + FlagNeed.notices(settings)
        let privateKey = try Self.privateKey(settings, &notices, makesFiles: makesFiles)
        let authorities = try Self.authorities(settings)
        let certificates = try PreparedCertificates(settings, authoritiesPEM: authorities, makesFiles: makesFiles)
        notices += certificates.notices
        let address = try await Self.resolve(settings.listen, Flag[\.listening.address])

        var configuration = RelayServer.Configuration(
            privateKey: privateKey,
            addresses: [address],
            security: certificates.security
        )
        // On the host of -a, as in derper. So one look-up is enough for both, and for STUN unless it has its own host.
        configuration.plainHTTPAddresses = settings.plainHTTP.map { [IPEndpoint(address.ip, port: $0.port)] } ?? []
        if let stun = settings.stun {
            let isBeside = stun.address.host == settings.listen.host
            let ip = isBeside ? address.ip : try await Self.resolve(stun.address, stun.flag).ip
            configuration.stunAddresses = [IPEndpoint(ip, port: stun.address.port)]
        }
        configuration.isRelayEnabled = settings.isRelayEnabled
        configuration.homePage = settings.homePage
        configuration.debugNetworks = settings.debugNetworks
        // There is no proxy in front of a server in development.
        if settings.transport == .development {
            configuration.debugNetworks += ["127.0.0.0/8", "::1"].compactMap { IPNetwork($0) }
        }
        configuration.hostnames = settings.hostnames
        configuration.region = settings.ownRegion
        configuration.admission = try settings.admission.policy(authoritiesPEM: authorities)
        configuration.connectionLimits = settings.limits.connections
        let plan = MemoryPlan(
            AddressSpace.bounds(loopCount: settings.loopCount),
            told: settings.limits.queueMemory
        )
        configuration.queueMemory = plan.queues
        configuration.connectionLimits.pendingMemory = plan.pending
        notices += Self.notices(of: plan, settings.limits)
        notices += Self.notices(of: settings.queueDelayLimit, insteadOf: configuration.queueDelayLimit)
        configuration.loginTimeout = settings.limits.loginTimeout
        configuration.rateLimitFile = try Self.rates(settings.limits.rateFile)
        configuration.proxies = settings.proxies
        configuration.mapSources = settings.mapSources
        configuration.mapSources.authoritiesPEM = authorities
        configuration.bootstrapNames = settings.bootstrapNames
        configuration.mesh = try settings.mesh.configuration(authoritiesPEM: authorities)
        configuration.takeover = settings.takeover
        configuration.loopCount = settings.loopCount
        configuration.loopWaiting = settings.loopWaiting
        configuration.tcpKeepAlive = settings.tcpKeepAlive
        configuration.tcpUserTimeout = settings.tcpUserTimeout
        configuration.writeTimeout = settings.writeTimeout
        configuration.queueDelayLimit = settings.queueDelayLimit
        self.configuration = configuration

        if settings.hostnameOrigin == .machine {
            notices.append(
                .warning("No -hostname given: using the machine's own name", ["hostname": "\(settings.hostname)"])
            )
        }
        notices += settings.admission.notices(of: configuration.admission)
        notices += Self.notices(of: configuration.region)
        notices += settings.mesh.notices(of: configuration.mesh)
        notices += settings.secretFiles.compactMap { .init(exposed: $0) }
        // In development, nobody else reaches it.
        if settings.isRelayEnabled, settings.transport != .development, !settings.admission.isSelective {
            notices.append(
                .warning(
                    "Anybody who reaches this server may relay through it",
                    ["cause": "none of --allow-file, -verify-clients and -verify-client-url"]
                )
            )
        }
        self.notices = notices
    }

    private static func privateKey(
        _ settings: ServerSettings,
        _ notices: inout [Notice],
        makesFiles: Bool
    ) throws(StartError) -> NodePrivateKey {
        guard let path = settings.keyFile else { return NodePrivateKey() }
        let file = KeyFile(
            path: path,
            form: settings.sources.sharedWithHeadscale.contains(Flag[\.general.keyFile]) ? .headscale : .derper
        )
        do {
            guard makesFiles else { return try file.loadOrTry() }
            let loaded = try file.loadOrCreate()
            notices.append(
                .info(loaded.wasCreated ? "Made a private key" : "Read the private key", ["file": "\(path)"])
            )
            return loaded.key
        } catch {
            throw StartError(\.general.keyFile, error)
        }
    }

    /// The certificates of authorities to trust besides the system's; `nil` for none.
    private static func authorities(_ settings: ServerSettings) throws(StartError) -> String? {
        do {
            return try settings.caFile.map { path throws(DERPError) in try HTTPClient.readAuthorities(at: path) }
        } catch {
            throw StartError(\.general.authoritiesFile, error)
        }
    }

    /// What readers of the map would report about this server's own region, such as addresses for examples.
    private static func notices(of region: DERPRegion?) -> [Notice] {
        guard let region else { return [] }
        var map = DERPMap()
        map.regions[region.regionID] = region
        return DERPMapDocument(map.yaml(), form: .yaml).findings.map { finding in
            .warning("This server's region looks wrong in the map", ["problem": "\(finding.message)"])
        }
    }

    /// Reports how much memory the queues get if that isn't the default.
    private static func notices(of plan: MemoryPlan, _ limits: LimitSettings) -> [Notice] {
        if let bound = plan.bound {
            let facts: Logger.Metadata = [
                "bytes": "\(plan.queues)", "limit": "\(bound.kind.rawValue)", "of": "\(bound.total)",
            ]
            guard limits.queueMemory != nil else {
                return [.choice("The queues' memory is reduced to fit a limit", facts)]
            }
            return [.warning("The queues get less memory than --queue-memory: there is no room for more", facts)]
        }
        guard let told = limits.queueMemory, told != MemoryPlan.standardQueues else { return [] }
        return [.choice("The queues' memory was set", ["bytes": "\(told)"])]
    }

    /// Reports how long packets may wait for clients with slow lines if that isn't the default.
    private static func notices(of limit: Duration, insteadOf standard: Duration) -> [Notice] {
        guard limit != standard else { return [] }
        guard limit > .zero else { return [.choice("Packets may wait for any time on slow lines", [:])] }
        return [.choice("The time for which packets may wait was set", ["limit": "\(limit.text)"])]
    }

    private static func rates(_ path: String?) throws(StartError) -> RateLimitFile? {
        do {
            return try path.map { path throws(DERPError) in try RateLimitFile(path: path) }
        } catch {
            throw StartError(\.limits.rateFile, error)
        }
    }

    private static func resolve(_ listen: ListenAddress, _ flag: Flag) async throws(StartError) -> IPEndpoint {
        do {
            return try await listen.resolve()
        } catch {
            throw StartError(flag, error)
        }
    }
}
