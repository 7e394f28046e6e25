/// The limits for a DERP map from outside.
enum DERPMapLimits {
    /// The size of JSON, in bytes.
    static let size = 5 << 20
    static let regions = 4096
    static let nodesPerRegion = 256
    /// The size of one name or address, in bytes.
    static let text = 1024
}
