/// What a DERP map from outside may cost.
enum DERPMapLimits {
    /// JSON in bytes.
    static let size = 5 << 20
    static let regions = 4096
    static let nodesPerRegion = 256
    /// One name or address in bytes.
    static let text = 1024
}
