@testable import AsyncSockets
@testable import DERPKit

/// WebSocket frames must come out the same however the input is cut, and what a layer answers must be whole frames.
enum WebSocketsFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let (size, input) = Pieces.sized(input, below: 32) else { return }
        let whole = Outcome(of: input, piecesOf: input.count)
        precondition(whole == Outcome(of: input, piecesOf: size))
        precondition(whole == Outcome(of: input, piecesOf: 1))
        precondition(whole.bytes.count + whole.pings.reduce(0) { $0 + $1.count + 6 } <= input.count)
        Self.answer(input, piecesOf: size)
    }

    private struct Outcome: Hashable {
        var bytes: [UInt8] = []
        var pings: [[UInt8]] = []
        var ending: WebSocketFrameReader.Ending?

        /// Reads each piece in place, at the end of its memory, so that the sanitizer sees what is read or written beside it.
        init(of input: [UInt8], piecesOf size: Int) {
            var reader = WebSocketFrameReader()
            for piece in Pieces.of(input, size) {
                let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
                defer { memory.deallocate() }
                memory.copyBytes(from: piece)
                guard let base = memory.baseAddress else { continue }
                let count = reader.read(UnsafeRawBufferPointer(memory), into: base) { self.pings.append($0) }
                self.bytes += memory.prefix(count)
            }
            self.ending = reader.ending
        }
    }

    /// Has a layer read and answer, now at once and now delayed, and checks that it speaks in whole frames, with nothing
    /// behind a Close.
    private static func answer(_ input: [UInt8], piecesOf size: Int) {
        let layer = WebSocketLayer(inner: nil, buffers: buffers, earlyCount: 0)
        var sent: [UInt8] = []
        func speak(isDelayed: Bool, _ body: (inout SealedOutput) -> Void) {
            var output = SealedOutput(buffers.sealed, isDelayed: isDelayed)
            body(&output)
            sent += output.filled
        }
        for (index, piece) in Pieces.of(input, size).enumerated() {
            speak(isDelayed: index % 3 == 0) { output in
                let result = piece.withUnsafeBytes { layer.open($0, into: buffers.opened, output: &output) }
                precondition(result.count <= piece.count && (layer.ending == nil || result.isClosed))
            }
            if index % 4 == 0 {
                speak(isDelayed: false) { output in
                    let count = piece.withUnsafeBytes { layer.seal($0, output: &output) }
                    precondition(count == piece.count)
                }
            }
        }
        speak(isDelayed: false) { layer.close(output: &$0) }

        var rest = sent[...]
        var hasClosed = false
        while let first = rest.first {
            precondition(!hasClosed && [0x82, 0x8a, 0x88].contains(first))
            hasClosed = first == 0x88
            let payloadCount = Int(rest[rest.startIndex + 1])
            precondition(payloadCount <= WebSocketLimits.control, "pieces are small")
            precondition(rest.count >= 2 + payloadCount)
            rest = rest.dropFirst(2 + payloadCount)
        }
        precondition(hasClosed)
    }

    private static nonisolated(unsafe) let buffers = LoopBuffers()
}
