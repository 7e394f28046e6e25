import DERPKit

/// What the map is made of besides this server's region.
struct MapSettings: Hashable {
    /// Without authorities, which are read later.
    var sources: RegionMap.Sources

    init(_ options: ServerOptions, in environment: HostEnvironment) throws(UsageError) {
        self.sources = RegionMap.Sources()
        for text in options.mapURLs {
            guard HTTPURL(text) != nil else {
                throw UsageError("--map-url is a URL of http or https, not \(HTTPURL.quote(text))")
            }
        }
        self.sources.urls = options.mapURLs
        self.sources.paths = options.mapPaths
        self.sources.includesOwnRegion = options.mapOwnRegion
        self.sources.nodeOrderSeed = options.mapShuffle.isEmpty ? nil : options.mapShuffle
        self.sources.updateInterval = try FlagValue("--map-update", options.mapUpdate)
            .duration(zeroOr: .seconds(1)...(.seconds(720 * 3600)))
        self.sources.cacheDirectory = options.mapCache ?? environment.defaultMapCache
        if self.sources.cacheDirectory?.isEmpty == true { self.sources.cacheDirectory = nil }
    }
}
