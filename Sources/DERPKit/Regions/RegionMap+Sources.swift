extension RegionMap {
    /// What a served map is made of besides this server's own region, and how it is kept up to date.
    public struct Sources: Hashable, Sendable {
        /// Maps that are fetched, `http` or `https`, each laid over the one before.
        public var urls: [String] = []
        /// Files with maps, in YAML or JSON, laid over those in turn. They are read again when they change.
        public var paths: [String] = []
        /// Whether this server's own region is laid over all of them.
        public var includesOwnRegion = true
        /// What the order of each region's nodes is drawn from, so that relays with other seeds send their clients to
        /// other nodes first; `nil`: it is as the sources have it.
        public var nodeOrderSeed: String?
        /// How often URLs are fetched again, give or take a tenth; at least 1 s. Zero: only when it is asked for.
        public var updateInterval: Duration = .seconds(3 * 3600)
        /// Where fetched maps are kept for a start without the network; made when missing. `nil`: nowhere.
        public var cacheDirectory: String?
        /// Certificates of authorities to trust besides the system's, as PEM.
        public var authoritiesPEM: String?

        public init() {}

        /// Whether there are none.
        public var isEmpty: Bool { self.urls.isEmpty && self.paths.isEmpty }

        /// All in the order in which they are laid over each other.
        func all() throws(DERPError) -> [DERPMapSource] {
            var sources = [DERPMapSource]()
            for text in self.urls {
                guard let url = HTTPURL(text) else {
                    throw DERPError(.invalidConfiguration, "\(HTTPURL.quote(text)) is no URL of http or https")
                }
                sources.append(.url(url))
            }
            return sources + self.paths.map { .file($0) }
        }
    }

    /// How one source does.
    public struct SourceStatus: Hashable, Sendable {
        /// The path, or the URL without its query.
        public let name: String
        /// How many regions it adds or replaces.
        public let regionCount: Int
        /// Why it couldn't be read when it was last tried; what it said before, if anything, is still served. `nil`: it
        /// could.
        public let failure: String?
        /// Whether it is a URL that has not been heard of since the start: what the cache has of it is served.
        public let isPending: Bool
        /// What there is to say about its content.
        public let findings: [DERPMapFinding]
    }
}
