@testable import AsyncSockets

/// What a call of ``TransportSecurity/open(_:into:output:)`` gave.
struct Opened {
    var plaintext: [UInt8] = []
    var sent: [UInt8] = []
    var isClosed = false
    var failure: String?

    var text: String { String(decoding: self.plaintext, as: UTF8.self) }
}

extension TransportSecurity {
    /// Opens `input` into memory that is no larger than promised: room for the input and one record more.
    func open(_ input: [UInt8]) -> Opened {
        let plaintext = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count + 17 * 1024, alignment: 1)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer {
            plaintext.deallocate()
            memory.deallocate()
        }
        var output = SealedOutput(memory)
        let result = input.withUnsafeBytes { self.open($0, into: plaintext, output: &output) }
        return Opened(
            plaintext: Array(plaintext[..<result.count]),
            sent: Array(output.filled),
            isClosed: result.isClosed,
            failure: result.failure
        )
    }

    /// Opens `input` in pieces of `size` bytes, and returns what came of all of them.
    func open(_ input: [UInt8], inPiecesOf size: Int) -> Opened {
        var all = Opened()
        for start in stride(from: 0, to: input.count, by: size) {
            let piece = self.open(Array(input[start..<min(start + size, input.count)]))
            all.plaintext += piece.plaintext
            all.sent += piece.sent
            all.isClosed = all.isClosed || piece.isClosed
            all.failure = all.failure ?? piece.failure
        }
        return all
    }

    /// What is sent for `plaintext`, and how much of it that is; `nil` when it failed.
    func seal(_ plaintext: [UInt8], room: Int = 256 * 1024) -> (count: Int, sent: [UInt8])? {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(room, 1), alignment: 1)
        defer { memory.deallocate() }
        var output = SealedOutput(UnsafeMutableRawBufferPointer(rebasing: memory[..<room]))
        guard let count = plaintext.withUnsafeBytes({ self.seal($0, output: &output) }) else { return nil }
        return (count, Array(output.filled))
    }

    /// What is sent to close.
    func close() -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { memory.deallocate() }
        var output = SealedOutput(memory)
        self.close(output: &output)
        return Array(output.filled)
    }
}
