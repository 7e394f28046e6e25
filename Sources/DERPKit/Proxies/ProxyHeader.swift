import IPAddresses

/// What a proxy says about a connection before the connection's own bytes (HAProxy's PROXY protocol, versions 1 and 2).
package struct ProxyHeader: Hashable, Sendable {
    /// The client's address; `nil` if the connection is the proxy's own, not TCP over IP, or unknown.
    package let source: IPEndpoint?
}

/// Why bytes are no PROXY header.
package enum ProxyHeaderError: Error, Hashable, Sendable {
    /// They don't begin like one of either version.
    case signature
    /// Version 1: more than 107 bytes without an end of line.
    case lineTooLong
    /// Version 1: not the required words.
    case line
    /// An address or port is malformed.
    case address
    /// Version 2: a version, command, family or transport that doesn't exist.
    case unknownCode
    /// Version 2: too short for its addresses, or too long.
    case length
}
