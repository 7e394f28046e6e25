import AsyncSockets

/// What a STUN server told its client.
public struct STUNMapping: Hashable, Sendable {
    /// The client's address and port as the server saw them.
    public let mappedAddress: IPEndpoint
    /// From the first transmission to the response: exact if nothing was retransmitted, else an upper bound.
    public let roundTripTime: Duration
    /// How often the request was sent, from 1.
    public let transmissions: Int

    package init(mappedAddress: IPEndpoint, roundTripTime: Duration, transmissions: Int) {
        self.mappedAddress = mappedAddress
        self.roundTripTime = roundTripTime
        self.transmissions = transmissions
    }
}
