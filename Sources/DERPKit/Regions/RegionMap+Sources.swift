extension RegionMap {
    /// The sources of a served map besides this server's own region, and how they are kept up to date.
    public struct Sources: Hashable, Sendable {
        /// The URLs of maps, `http` or `https`, each laid over the previous one.
        public var urls: [String] = []
        /// The files with maps, in YAML or JSON, laid over those in turn. They are read again when they change.
        public var paths: [String] = []
        /// Whether this server's own region is laid over all of them.
        public var includesOwnRegion = true
        /// The seed for the order of each region's nodes, so that relays with other seeds send their clients to other
        /// nodes first; `nil` keeps the order of the sources.
        public var nodeOrderSeed: String?
        /// The interval for fetching URLs again, give or take a tenth; at least 1 s. Zero means only on request.
        public var updateInterval: Duration = .seconds(3 * 3600)
        /// The directory for fetched maps, for a start without the network. It is created if it is missing. `nil`
        /// stores nothing.
        public var cacheDirectory: String?
        /// The certificates of authorities to trust besides the system's, as PEM.
        public var authoritiesPEM: String?

        /// No sources: the map has this server's own region only.
        public init() {}

        /// Whether there are no sources.
        package var isEmpty: Bool { self.urls.isEmpty && self.paths.isEmpty }

        /// All sources in the order in which they are laid over each other.
        func all() throws(DERPError) -> [DERPMapSource] {
            var sources = [DERPMapSource]()
            for text in self.urls {
                guard let url = HTTPURL(text) else {
                    throw DERPError(.invalidConfiguration, "\(HTTPURL.quote(text)) is not an http or https URL")
                }
                sources.append(.url(url))
            }
            return sources + self.paths.map { .file($0) }
        }
    }

    /// The state of one source.
    public struct SourceStatus: Hashable, Sendable {
        /// The path, or the URL without its query.
        public let name: String
        /// The number of regions that it adds or replaces.
        public let regionCount: Int
        /// The reason why it couldn't be read at the last try; `nil` if it could. What it said before, if anything, is
        /// still served.
        public let failure: String?
        /// Whether it is a URL that hasn't answered since the start. What the cache has of it is served.
        public let isPending: Bool
        /// The findings about its content.
        public let findings: [DERPMapFinding]
    }
}
