import AsyncSockets

extension RelayServer {
    /// Everything that a relay can be told. Every default is what a public relay wants.
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
        /// Where the relay listens. At least one address; port 0 lets the kernel choose.
        public var addresses: [IPEndpoint]
        /// What protects ``addresses``.
        public var security: Security
        /// Where plain HTTP is served beside TLS: `/generate_204`, the map, ACME's challenges, redirects to ``hostnames``. Never
        /// relays.
        public var plainHTTPAddresses: [IPEndpoint] = []
        /// The server's own DNS names and IP addresses, to which ``plainHTTPAddresses`` redirect: to the one that a client asks
        /// for, else to the first. What isn't a host is passed over. Empty: those that ``security`` has certificates for, by name.
        public var hostnames: [String] = []
        /// Where STUN binding requests are answered, over UDP. Empty: nowhere.
        public var stunAddresses: [IPEndpoint] = []
        /// Whether `/derp` relays. Off: the path answers 404.
        public var isRelayEnabled = true
        /// What `GET /` shows.
        public var homePage: HomePage = .standard
        /// Networks that may read `/metrics`, besides loopback where ``addresses`` are protected by TLS: on a plain port who comes
        /// from loopback is most likely a proxy, behind which may be anybody.
        public var debugNetworks: [IPNetwork] = []
        /// This server's own region of the DERP map; `nil`: none. Without it and ``mapSources`` no map is served.
        ///
        /// Its first node is this server. While the relay runs it keeps that node up to date: the pin of a self-signed
        /// certificate, where ``DERPNode/certName`` is empty or a pin, and the ports that the kernel chose for port 0,
        /// where the node names none.
        public var region: DERPRegion?
        /// Who is asked about clients. By default nobody is: whoever reaches the relay may use it.
        public var admission = AdmissionPolicy()
        /// The mesh that this node belongs to. `nil`: none.
        public var mesh: MeshConfiguration?
        /// How it takes over from a process that serves at the same addresses. `nil`: not at all.
        public var takeover: TakeoverConfiguration?
        /// What the DERP map is made of besides ``region``.
        public var mapSources = RegionMap.Sources()
        /// Whose addresses `/bootstrap-dns` tells, beside those of the map's nodes.
        public var bootstrapNames = BootstrapNames()
        /// How many event loops (threads) serve clients; 1…256. `nil`: one per core that the process may use. Without
        /// effect on a relay that is given its loops.
        public var loopCount: Int?

        /// How long a peer may take for TLS and the HTTP request. More than zero.
        public var requestTimeout: Duration = .seconds(30)
        /// How long a peer may take for each of the two steps of the DERP handshake. More than zero.
        public var handshakeTimeout: Duration = .seconds(10)
        /// How long a connection may take in all from being accepted until a client has logged in, requests and answers before
        /// that included. Answers near the end tell the peer that they are the last ones: by default those after 20 s. More
        /// than zero.
        public var loginTimeout: Duration = .seconds(60)
        /// Time between KeepAlive frames, to which 0–5 s are added at random. More than zero.
        public var keepAliveInterval: Duration = .seconds(60)
        /// How long a client may leave its queue untouched before it is closed. Zero: no limit.
        public var writeTimeout: Duration = .seconds(2)
        /// TCP keepalive time (RFC 9293 §3.8.4). Zero: off.
        public var tcpKeepAlive: Duration = .seconds(600)
        /// TCP_USER_TIMEOUT (RFC 5482). Zero: the kernel's default.
        public var tcpUserTimeout: Duration = .seconds(15)
        /// How long a graceful stop waits for peers to read what is queued for them.
        public var drainTimeout: Duration = .seconds(3)

        /// How many connections there may be, and how fast they may come.
        public var connectionLimits = ConnectionLimits()
        /// How fast clients may send at first. ``RelayServer/setRateLimits(_:)`` changes it.
        public var rateLimits = RateLimits()
        /// A file of rates that is followed while the relay runs. It replaces ``rateLimits``.
        public var rateLimitFile: RateLimitFile?
        /// Which proxies stand before the relay.
        public var proxies = ProxyTrust()

        /// How many bytes the packets may take that wait in the queues of all clients together, each loop having its
        /// share, which is never less than 1 MiB. At least 1 MiB. Besides, packets on their way from loop to loop take
        /// up to 8 MiB per loop, each client's control frames up to 256 KiB, a mesh peer's up to 8 MiB, and a link's queues
        /// to another node 1.1 MiB.
        public var queueMemory = MemoryPlan.standardQueues

        /// A public relay with this identity, which listens at `addresses`. Everything else has its default.
        public init(privateKey: NodePrivateKey, addresses: [IPEndpoint], security: Security) {
            self.privateKey = privateKey
            self.addresses = addresses
            self.security = security
        }
    }
}

extension RelayServer.Configuration {
    /// Where the plain port may send its clients.
    var ownHosts: [HTTPAuthority] {
        let names = self.hostnames.isEmpty ? self.security.hostnames : self.hostnames
        return names.compactMap { name in
            HTTPAuthority(IPAddress(name)?.family == .ipv6 ? "[\(name)]" : name).flatMap { $0.port == nil ? $0 : nil }
        }
    }

    var tcpOptions: TCPOptions {
        TCPOptions(keepAliveTime: self.tcpKeepAlive, userTimeout: self.tcpUserTimeout)
    }

    /// - Throws: ``DERPError`` with code `invalidConfiguration` for the first setting that is out of range.
    func validate() throws(DERPError) {
        try Self.require(!self.addresses.isEmpty, "a relay needs an address to listen on")
        try Self.require(self.loopCount.map { (1...256).contains($0) } ?? true, "the number of loops is not in 1…256")
        try Self.require(self.requestTimeout > .zero, "the request timeout is not more than zero")
        try Self.require(self.handshakeTimeout > .zero, "the handshake timeout is not more than zero")
        try Self.require(self.loginTimeout > .zero, "the login timeout is not more than zero")
        try Self.require(self.keepAliveInterval > .zero, "the interval between KeepAlives is not more than zero")
        try Self.require(self.queueMemory >= 1 << 20, "the memory for queues is less than 1 MiB")
        try self.connectionLimits.validate()
        try self.proxies.validate()
        try self.admission.validate()
        try self.mesh?.validate()
        try self.takeover?.validate()
        try self.bootstrapNames.validate()
        if case .redirect(let url) = self.homePage {
            let isWeb = url.begins(with: "https://") || url.begins(with: "http://")
            try Self.require(
                isWeb && url.utf8.allSatisfy { (0x21...0x7e).contains($0) },
                "the home page is not an http or https URL"
            )
        }
    }

    static func require(_ condition: Bool, _ message: String) throws(DERPError) {
        guard condition else { throw DERPError(.invalidConfiguration, message) }
    }
}
