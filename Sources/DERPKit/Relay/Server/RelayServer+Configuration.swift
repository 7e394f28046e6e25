import AsyncSockets

extension RelayServer {
    /// The settings of a relay. Every default suits a public relay.
    public struct Configuration: Sendable {
        /// What `GET /` shows.
        public enum HomePage: Hashable, Sendable {
            /// A short page that says what this server is.
            case standard
            /// An empty page.
            case blank
            /// A redirect (302) to this `http` or `https` URL.
            case redirect(String)
        }

        /// The relay's identity.
        public var privateKey: NodePrivateKey
        /// The addresses on which the relay listens. At least one. Port 0 lets the kernel choose.
        public var addresses: [IPEndpoint]
        /// What protects ``addresses``.
        public var security: Security
        /// The addresses on which plain HTTP is served beside TLS: `/generate_204`, the map, ACME's challenges, and
        /// redirects to ``hostnames``. They never relay.
        public var plainHTTPAddresses: [IPEndpoint] = []
        /// The server's own DNS names and IP addresses, to which ``plainHTTPAddresses`` redirect. A client is sent to
        /// the one that it asks for, otherwise to the first one. Entries that are not hosts are skipped. Empty: the
        /// names for which ``security`` has certificates.
        public var hostnames: [String] = []
        /// The addresses on which STUN binding requests are answered, over UDP. Empty: none.
        public var stunAddresses: [IPEndpoint] = []
        /// Whether `/derp` relays. When off, the path answers 404.
        public var isRelayEnabled = true
        /// What `GET /` shows.
        public var homePage: HomePage = .standard
        /// The networks that may read `/metrics`. Where ``addresses`` are protected by TLS, loopback may too. On a
        /// plain port it may not: a connection from loopback most likely comes from a proxy, which may pass on requests
        /// from anybody.
        public var debugNetworks: [IPNetwork] = []
        /// This server's own region of the DERP map. `nil`: none. When both this and ``mapSources`` are empty, no map
        /// is served.
        ///
        /// Its first node is this server. The relay keeps that node up to date while it runs: the pin of a self-signed
        /// certificate, where ``DERPNode/certName`` is empty or a pin, and the ports that the kernel chose for port 0,
        /// where the node names none.
        public var region: DERPRegion?
        /// Who is asked about clients. By default nobody is asked: everybody who reaches the relay may use it.
        public var admission = AdmissionPolicy()
        /// The mesh that this node belongs to. `nil`: none.
        public var mesh: MeshConfiguration?
        /// How the relay takes over from a process that serves at the same addresses. `nil`: it doesn't.
        public var takeover: TakeoverConfiguration?
        /// The sources of the DERP map, in addition to ``region``.
        public var mapSources = RegionMap.Sources()
        /// The names whose addresses `/bootstrap-dns` tells, in addition to those of the map's nodes.
        public var bootstrapNames = BootstrapNames()
        /// The number of event loops (threads) that serve clients, 1…256. `nil`: one per core that the process may use,
        /// and no more than its cgroup (version 2) has processor time for.
        /// Ignored by a relay that is given its loops.
        public var loopCount: Int?
        /// How the event loops wait for input. Ignored by a relay that is given its loops.
        public var loopWaiting = IOLoop.Waiting()

        /// How long a peer may take for TLS and the HTTP request. More than zero.
        public var requestTimeout: Duration = .seconds(30)
        /// How long a peer may take for each of the two steps of the DERP handshake. More than zero.
        public var handshakeTimeout: Duration = .seconds(10)
        /// How long a connection may take in total from being accepted until a client has logged in, including earlier
        /// requests and their answers. Answers near the end tell the peer that they are the last ones: by default those
        /// after 20 s. More than zero.
        public var loginTimeout: Duration = .seconds(60)
        /// The time between KeepAlive frames. A random time of 0–5 s is added. More than zero.
        public var keepAliveInterval: Duration = .seconds(60)
        /// How long a client may take nothing from its queue before it is closed. Zero: no limit.
        public var writeTimeout: Duration = .seconds(2)
        /// How long packets may wait for a client whose line takes less than is sent to it. Older ones are dropped, so that
        /// those that arrive are fresh, and senders get equal shares. If the line needs longer than that for eight packets
        /// of 1,500 bytes, that time is the limit. Time for which another sender's large frame is being sent doesn't count.
        /// Zero: no limit, no shares, and the kernel may hold megabytes.
        public var queueDelayLimit: Duration = .milliseconds(100)
        /// The TCP keepalive time (RFC 9293 §3.8.4). Zero: off.
        public var tcpKeepAlive: Duration = .seconds(600)
        /// TCP_USER_TIMEOUT (RFC 5482). Zero: the kernel's default.
        public var tcpUserTimeout: Duration = .seconds(15)
        /// How long a graceful stop waits for peers to read what is queued for them.
        public var drainTimeout: Duration = .seconds(3)

        /// How many connections there may be, and how fast they may come.
        public var connectionLimits = ConnectionLimits()
        /// How fast clients may send at first. ``RelayServer/setRateLimits(_:)`` changes it.
        public var rateLimits = RateLimits()
        /// A file of rates that the relay follows while it runs. It replaces ``rateLimits``.
        public var rateLimitFile: RateLimitFile?
        /// The proxies that stand in front of the relay.
        public var proxies = ProxyTrust()

        /// The maximum size of all packets that wait in clients' queues, in bytes. At least 1 MiB. Each loop has an
        /// equal share, which is never less than 1 MiB. The following memory comes on top: up to 8 MiB per loop for
        /// packets on their way from loop to loop, up to 256 KiB for each client's control frames, up to 8 MiB for each
        /// mesh peer's, and 1.1 MiB for the queues of each link to another node.
        public var queueMemory = MemoryPlan.standardQueues

        /// Creates the configuration of a public relay with this identity, which listens on `addresses`. Everything
        /// else has its default.
        public init(privateKey: NodePrivateKey, addresses: [IPEndpoint], security: Security) {
            self.privateKey = privateKey
            self.addresses = addresses
            self.security = security
        }
    }
}

extension RelayServer.Configuration {
    /// The hosts to which the plain port may send its clients.
    var ownHosts: [HTTPAuthority] {
        let names = self.hostnames.isEmpty ? self.security.hostnames : self.hostnames
        return names.compactMap { name in
            HTTPAuthority(IPAddress(name)?.family == .ipv6 ? "[\(name)]" : name).flatMap { $0.port == nil ? $0 : nil }
        }
    }

    var tcpOptions: TCPOptions {
        TCPOptions(
            keepAliveTime: self.tcpKeepAlive,
            userTimeout: self.tcpUserTimeout,
            unsentLimit: self.queueDelayLimit > .zero ? SlowLine.slowUnsent : nil
        )
    }

    /// Checks all settings.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for the first setting that is out of range.
    func validate() throws(DERPError) {
        let require = DERPError.require
        try require(!self.addresses.isEmpty, "a relay needs an address to listen on")
        try require((0...1).contains(self.loopWaiting.pollShare), "the share of polling is not in 0…1")
        try require(
            (.zero ... .milliseconds(1)).contains(self.loopWaiting.gatherTime),
            "the time to gather is not in 0…1ms"
        )
        try require(self.loopCount.map { (1...256).contains($0) } ?? true, "the number of loops is not in 1…256")
        try require(self.requestTimeout > .zero, "the request timeout is not more than zero")
        try require(self.handshakeTimeout > .zero, "the handshake timeout is not more than zero")
        try require(self.loginTimeout > .zero, "the login timeout is not more than zero")
        try require(self.keepAliveInterval > .zero, "the interval between KeepAlives is not more than zero")
        try require(self.queueMemory >= 1 << 20, "the memory for queues is less than 1 MiB")
        try self.connectionLimits.validate()
        try self.proxies.validate()
        try self.admission.validate()
        try self.mesh?.validate()
        try self.takeover?.validate()
        try self.bootstrapNames.validate()
        if case .redirect(let url) = self.homePage {
            let isWeb = url.begins(with: "https://") || url.begins(with: "http://")
            try require(
                isWeb && url.utf8.allSatisfy { (0x21...0x7e).contains($0) },
                "the home page is not an http or https URL"
            )
        }
    }
}
