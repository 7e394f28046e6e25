import FoundationEssentials

/// What a check found out about one node.
public struct NodeReport: Hashable, Sendable {
    /// The node's name in the map.
    public let name: String
    /// Its host, and its port where that is not 443.
    public let host: String
    /// What there is to say about the node, in the order in which it was looked at.
    public let findings: [CheckFinding]
    /// Latency, loss and the certificate's end, as far as they could be measured.
    public let measurements: Measurements

    /// The numbers among what was found; `nil` for what could not be measured.
    public struct Measurements: Hashable, Sendable {
        /// TCP, TLS and DERP until the client was admitted, over IPv4.
        public var loginTimeIPv4: Duration?
        /// The same over IPv6.
        public var loginTimeIPv6: Duration?
        /// From a STUN request to its answer, over IPv4.
        public var stunTimeIPv4: Duration?
        /// The same over IPv6.
        public var stunTimeIPv6: Duration?
        /// From one client through the relay to another, and back: half of the packets took no longer.
        public var roundTripMedian: Duration?
        /// The same for 99 of 100 packets.
        public var roundTripP99: Duration?
        /// 0…1.
        public var packetLoss: Double?
        /// When the certificate expires.
        public var certificateEnd: Date?
    }

    /// Whether nothing about it is an error.
    public var isUp: Bool { self.findings.count(of: .error) == 0 }
}
