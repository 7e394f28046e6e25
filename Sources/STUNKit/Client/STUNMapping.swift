import IPAddresses

/// The answer of a STUN server.
public struct STUNMapping: Hashable, Sendable {
    /// The client's address and port as the server saw them.
    public let mappedAddress: IPEndpoint
    /// The time from the first transmission to the response. It is exact if nothing was retransmitted, otherwise an
    /// upper bound.
    public let roundTripTime: Duration
    /// How often the request was sent, 1 or more.
    public let transmissions: Int

    package init(mappedAddress: IPEndpoint, roundTripTime: Duration, transmissions: Int) {
        self.mappedAddress = mappedAddress
        self.roundTripTime = roundTripTime
        self.transmissions = transmissions
    }
}
