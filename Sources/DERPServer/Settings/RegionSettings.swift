/// What the command line says of this server's region in the map.
struct RegionSettings: Hashable {
    var id: Int
    var code: String
    var name: String
    /// The port that clients reach; `nil`: the one listened on.
    var port: UInt16?
    /// A literal or `none`.
    var ipv4: String?
    /// A literal or `none`.
    var ipv6: String?
}
