/// A layer that protects a connection's bytes, after it has agreed with the peer how to do so.
package protocol TransportSecurity: StreamLayer {
    /// Continues the handshake with what the peer sent. Appends what must be sent to `output`.
    func handshake(_ input: UnsafeRawBufferPointer, output: inout SealedOutput) -> HandshakeProgress
}

/// The progress of a handshake.
package enum HandshakeProgress {
    /// More is needed from the peer.
    case needsInput
    /// Done; the last `unread` bytes of the input belong to what comes after it.
    case complete(unread: Int)
    /// Failed for this reason; an alert may be in the output.
    case failed(String)
    /// Failed because this machine has run out of something, such as files to read an authority's certificate from.
    case exhausted(String)
}
