@testable import AsyncSockets
@testable import DERPKit

/// WebSocket frames must come out the same however the input is cut, and what a layer answers must be frames that are whole.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWebSockets(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let size = Int(start[0] & 31) + 1
    let input = Array(UnsafeRawBufferPointer(start: start + 1, count: count - 1))
    let whole = Outcome(of: input, piecesOf: input.count)
    precondition(whole == Outcome(of: input, piecesOf: size))
    precondition(whole == Outcome(of: input, piecesOf: 1))
    precondition(whole.bytes.count + whole.pings.reduce(0) { $0 + $1.count + 6 } <= input.count)
    answer(input, piecesOf: size)
    return 0
}

private func pieces(_ input: [UInt8], of size: Int) -> [[UInt8]] {
    stride(from: 0, to: input.count, by: size).map { Array(input[$0..<min($0 + size, input.count)]) }
}

private struct Outcome: Hashable {
    var bytes: [UInt8] = []
    var pings: [[UInt8]] = []
    var ending: WebSocketFrameReader.Ending?

    /// Reads each piece in place, at the end of its memory, so that the sanitizer sees what is read or written beside it.
    init(of input: [UInt8], piecesOf size: Int) {
        var reader = WebSocketFrameReader()
        for piece in pieces(input, of: size) {
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
private func answer(_ input: [UInt8], piecesOf size: Int) {
    let layer = WebSocketLayer(inner: nil, buffers: buffers, earlyCount: 0)
    var sent: [UInt8] = []
    func speak(isDelayed: Bool, _ body: (inout SealedOutput) -> Void) {
        var output = SealedOutput(buffers.sealed, isDelayed: isDelayed)
        body(&output)
        sent += output.filled
    }
    for (index, piece) in pieces(input, of: size).enumerated() {
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

private nonisolated(unsafe) let buffers = LoopBuffers()
