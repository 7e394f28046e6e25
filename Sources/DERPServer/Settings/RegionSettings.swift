/// The settings about this server's region in the map.
struct RegionSettings: Hashable {
    var id: Int
    var code: String
    var name: String
    /// The port that clients connect to; `nil` means the port that the server listens on.
    var port: UInt16?
    /// A literal or `none`.
    var ipv4: String?
    /// A literal or `none`.
    var ipv6: String?
}

extension RegionSettings {
    /// Takes the region's flags.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ given: GivenFlags<MapFlags>) throws(UsageError) {
        self.id = try given.regionID
        self.code = try given.regionCode
        self.name = try given.regionName
        self.port = try given.regionPort
        self.ipv4 = try given.ipv4
        self.ipv6 = try given.ipv6
    }
}
