/// What a STUN server has met since it was made.
///
/// Every datagram is one of ``requestsIPv4``, ``requestsIPv6``, ``refused`` and ``notSTUN``.
public struct STUNCounters: Hashable, Sendable {
    /// Requests of nodes that came over IPv4, on a dual-stack socket too.
    public var requestsIPv4: UInt64 = 0
    /// Requests of nodes that came over IPv6.
    public var requestsIPv6: UInt64 = 0
    /// STUN, but no request of a node: another kind of message, malformed, of other software, or with a wrong checksum.
    public var refused: UInt64 = 0
    /// Datagrams without STUN's header.
    public var notSTUN: UInt64 = 0
    /// Requests whose answer the kernel did not take.
    public var writeErrors: UInt64 = 0
    /// Errors that were reported instead of a datagram, such as an ICMP message.
    public var readErrors: UInt64 = 0

    public init() {}

    /// Requests that were answered.
    public var answered: UInt64 {
        // Read while a loop is counting, the errors may be ahead of the requests.
        let requests = self.requestsIPv4 + self.requestsIPv6
        return requests - min(requests, self.writeErrors)
    }
}
