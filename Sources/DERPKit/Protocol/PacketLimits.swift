/// Sizes that the protocol sets, in bytes.
package enum PacketLimits {
    /// The largest packet that is relayed.
    package static let packet = 64 * 1024
    /// The largest ClientInfo payload.
    package static let clientInfo = 256 * 1024
    /// The largest Ping payload, of which only the first 8 bytes count.
    package static let ping = 1000
    package static let pingData = 8
}
