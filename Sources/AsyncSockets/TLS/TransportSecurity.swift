/// What protects a connection's bytes: bytes in, bytes out, no socket of its own.
///
/// The stream that owns it moves the bytes. An implementation is confined to the stream's loop, and may use
/// the loop's ``LoopBuffers`` within a call.
package protocol TransportSecurity: AnyObject {
    /// Continues the handshake with what the peer sent; what must be sent is appended to `output`.
    func handshake(_ input: UnsafeRawBufferPointer, output: inout SealedOutput) -> HandshakeProgress

    /// Decrypts `input` whole into `plaintext`, which has room for it and one record more.
    func open(
        _ input: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutableRawBufferPointer,
        output: inout SealedOutput
    ) -> OpenResult

    /// Encrypts as much of `plaintext` as fits, and returns how many of its bytes that is; `nil` when it failed.
    func seal(_ plaintext: UnsafeRawBufferPointer, output: inout SealedOutput) -> Int?

    /// Tells the peer that nothing more comes (close_notify in TLS).
    func close(output: inout SealedOutput)
}

/// How far a handshake is.
package enum HandshakeProgress {
    /// More is needed from the peer.
    case needsInput
    /// Done; the last `unread` bytes of the input belong to what comes after it.
    case complete(unread: Int)
    /// Failed for this reason; an alert may be in the output.
    case failed(String)
}

/// What came of decrypting.
package struct OpenResult {
    /// How many bytes of plaintext there are.
    package var count: Int
    /// Whether the peer said that nothing more comes.
    package var isClosed = false
    /// Why no more can be read, when that is so.
    package var failure: String?
}

/// A fixed piece of memory that is being filled with what is to be sent.
package struct SealedOutput {
    private let memory: UnsafeMutableRawBufferPointer
    package private(set) var count = 0

    package init(_ memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory
    }

    package var filled: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self.memory[..<self.count]) }
    package var space: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self.memory[self.count...])
    }

    /// Counts `bytes` more as filled, once they have been written to ``space``.
    package mutating func advance(by bytes: Int) {
        self.count += bytes
    }
}
