/// A layer that protects a connection's bytes, once it has agreed with the peer how.
package protocol TransportSecurity: StreamLayer {
    /// Continues the handshake with what the peer sent; what must be sent is appended to `output`.
    func handshake(_ input: UnsafeRawBufferPointer, output: inout SealedOutput) -> HandshakeProgress
}

/// How far a handshake is.
package enum HandshakeProgress {
    /// More is needed from the peer.
    case needsInput
    /// Done; the last `unread` bytes of the input belong to what comes after it.
    case complete(unread: Int)
    /// Failed for this reason; an alert may be in the output.
    case failed(String)
    /// Failed because this machine is out of something, such as files to read an authority's certificate from.
    case exhausted(String)
}
