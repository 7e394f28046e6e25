/// What stands between a stream's owner and its socket: bytes in, bytes out, no socket of its own.
///
/// The stream that owns it moves the bytes. An implementation is confined to the stream's loop, and may use
/// the loop's ``LoopBuffers`` within a call.
package protocol StreamLayer: AnyObject {
    /// Opens `input` whole into `plaintext`, which has room for it and one record of TLS more.
    func open(
        _ input: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutableRawBufferPointer,
        output: inout SealedOutput
    ) -> OpenResult

    /// Seals as much of `plaintext` as fits, and returns how many of its bytes that is; `nil` when it failed.
    func seal(_ plaintext: UnsafeRawBufferPointer, output: inout SealedOutput) -> Int?

    /// Appends what it has to say by itself, and kept back while it would have had to wait.
    func speak(output: inout SealedOutput)

    /// Tells the peer that nothing more comes (close_notify in TLS).
    func close(output: inout SealedOutput)
}

extension StreamLayer {
    package func speak(output: inout SealedOutput) {}
}

/// What came of opening.
package struct OpenResult {
    /// How many bytes of plaintext there are.
    package var count: Int
    /// Whether the peer said that nothing more comes.
    package var isClosed = false
    /// Why no more can be read, when that is so.
    package var failure: String?

    package init(count: Int) {
        self.count = count
    }
}

/// A fixed piece of memory that is being filled with what is to be sent.
package struct SealedOutput {
    private let memory: UnsafeMutableRawBufferPointer
    package private(set) var count = 0

    /// Whether what is appended has to wait, because the peer takes nothing now.
    package let isDelayed: Bool

    package init(_ memory: UnsafeMutableRawBufferPointer, isDelayed: Bool = false) {
        self.memory = memory
        self.isDelayed = isDelayed
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
