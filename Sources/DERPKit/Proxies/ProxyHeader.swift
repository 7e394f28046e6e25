import AsyncSockets

/// What a proxy says of a connection before the connection's own bytes (HAProxy's PROXY protocol, versions 1 and 2).
package struct ProxyHeader: Hashable, Sendable {
    /// The client's address; `nil` when the connection is the proxy's own, or none of IP over TCP, or unknown.
    package let source: IPEndpoint?
}

/// Why bytes are no PROXY header.
package enum ProxyHeaderError: Error, Hashable, Sendable {
    /// They don't begin like one of either version.
    case signature
    /// Version 1: more than 107 bytes without an end of line.
    case lineTooLong
    /// Version 1: not the words that there must be.
    case line
    /// An address or port is malformed.
    case address
    /// Version 2: a version, command, family or transport that there isn't.
    case unknownCode
    /// Version 2: too short for its addresses, or longer than is taken.
    case length
}
