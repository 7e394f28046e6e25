/// What a STUN server has received and answered since it was created.
///
/// Every datagram counts as one of ``requestsIPv4``, ``requestsIPv6``, ``refused`` and ``notSTUN``.
public struct STUNCounters: Hashable, Sendable {
    /// Requests from nodes over IPv4, including those on a dual-stack socket.
    public var requestsIPv4: UInt64 = 0
    /// Requests from nodes over IPv6.
    public var requestsIPv6: UInt64 = 0
    /// STUN, but no request from a node: another kind of message, malformed, from other software, or with a wrong
    /// checksum.
    public var refused: UInt64 = 0
    /// Datagrams without STUN's header.
    public var notSTUN: UInt64 = 0
    /// Requests whose answer the kernel didn't take.
    public var writeErrors: UInt64 = 0
    /// Errors that the socket reported instead of a datagram, such as an ICMP message.
    public var readErrors: UInt64 = 0

    /// Counters of a server that has met nothing yet.
    public init() {}

    /// Requests that were answered.
    public var answered: UInt64 {
        // If this is read while a loop is counting, the errors may be ahead of the requests.
        let requests = self.requestsIPv4 + self.requestsIPv6
        return requests - min(requests, self.writeErrors)
    }
}
