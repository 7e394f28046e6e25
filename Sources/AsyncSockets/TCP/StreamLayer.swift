/// A layer between a stream's owner and its socket: bytes in, bytes out, no socket of its own.
///
/// The stream that owns it moves the bytes. An implementation is confined to the stream's loop, and may use
/// the loop's ``LoopBuffers`` within a call.
package protocol StreamLayer: AnyObject {
    /// Opens all of `input` into `plaintext`, which has room for it and one more TLS record.
    func open(
        _ input: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutableRawBufferPointer,
        output: inout SealedOutput
    ) -> OpenResult

    /// Seals as much of `plaintext` as fits. Returns how many of its bytes were sealed, or `nil` on failure.
    func seal(_ plaintext: UnsafeRawBufferPointer, output: inout SealedOutput) -> Int?

    /// Appends what the layer has to send by itself, and kept back while it would have had to wait.
    func speak(output: inout SealedOutput)

    /// Tells the peer that nothing more follows (close_notify in TLS).
    func close(output: inout SealedOutput)

    /// Gives back what the layer has from its loop. Nothing is asked of it afterwards.
    func retire()
}

extension StreamLayer {
    package func speak(output: inout SealedOutput) {}
    package func retire() {}
}

/// The result of opening.
package struct OpenResult {
    /// The number of bytes of plaintext.
    package var count: Int
    /// Whether the peer said that nothing more follows.
    package var isClosed = false
    /// The reason why no more can be read, or `nil`.
    package var failure: String?

    package init(count: Int) {
        self.count = count
    }
}

/// A fixed piece of memory that is filled with bytes to send.
package struct SealedOutput {
    private let memory: UnsafeMutableRawBufferPointer
    package private(set) var count = 0

    /// Whether appended bytes have to wait because the peer takes nothing now.
    package let isDelayed: Bool

    package init(_ memory: UnsafeMutableRawBufferPointer, isDelayed: Bool = false) {
        self.memory = memory
        self.isDelayed = isDelayed
    }

    package var filled: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self.memory[..<self.count]) }
    package var space: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self.memory[self.count...])
    }

    /// Counts `bytes` more as filled, after they have been written to ``space``.
    package mutating func advance(by bytes: Int) {
        self.count += bytes
    }
}
