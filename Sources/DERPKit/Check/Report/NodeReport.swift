import FoundationEssentials

/// The results of a check of one node.
public struct NodeReport: Hashable, Sendable {
    /// The node's name in the map.
    public let name: String
    /// The node's host, and its port unless that is 443.
    public let host: String
    /// The findings, in the order of the steps of the check.
    public let findings: [CheckFinding]
    /// The latency, the packet loss and the certificate's end, as far as they were measured.
    public let measurements: Measurements

    /// The measured values; `nil` for those that could not be measured.
    public struct Measurements: Hashable, Sendable {
        /// The time for TCP, TLS and the DERP login, over IPv4.
        public var loginTimeIPv4: Duration?
        /// The time for TCP, TLS and the DERP login, over IPv6.
        public var loginTimeIPv6: Duration?
        /// The time from a STUN request to its answer, over IPv4.
        public var stunTimeIPv4: Duration?
        /// The time from a STUN request to its answer, over IPv6.
        public var stunTimeIPv6: Duration?
        /// The median time of a packet from one client through the relay to another, and back.
        public var roundTripMedian: Duration?
        /// The same time, which 99 of 100 packets did not exceed.
        public var roundTripP99: Duration?
        /// The share of packets that were lost, 0…1.
        public var packetLoss: Double?
        /// When the certificate expires.
        public var certificateEnd: Date?
    }

    /// Whether no finding is an error.
    public var isUp: Bool { self.findings.count(of: .error) == 0 }
}
