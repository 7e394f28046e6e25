@_spi(Benchmarks) @testable import DERPKit

/// Frames, those that clients are sent, and the login frame must come out the same however the input is cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let size = Int(start[0] & 31) + 1
    let input = Array(UnsafeRawBufferPointer(start: start + 1, count: count - 1))
    precondition(frames(in: input, piecesOf: input.count) == frames(in: input, piecesOf: size))
    precondition(messages(in: input, piecesOf: input.count) == messages(in: input, piecesOf: size))
    precondition(login(in: input, piecesOf: input.count) == login(in: input, piecesOf: size))
    return 0
}

struct Outcome: Hashable {
    var frames: [[UInt8]] = []
    var isRefused = false
    var isBetween = true
}

private func pieces(_ input: [UInt8], of size: Int) -> [[UInt8]] {
    stride(from: 0, to: input.count, by: size).map { Array(input[$0..<min($0 + size, input.count)]) }
}

private func frames(in input: [UInt8], piecesOf size: Int) -> Outcome {
    var reader = FrameReader()
    var outcome = Outcome()
    for piece in pieces(input, of: size) {
        let goesOn = piece.withUnsafeBytes { bytes in
            reader.read(bytes) { header in
                if header.type.rawValue >= 0x10 { return .skip }
                return header.payloadCount > 4096 ? .refuse : .take
            } body: { type, payload in
                outcome.frames.append([type.rawValue] + payload)
                return type != .keepAlive
            }
        }
        guard goesOn else {
            outcome.isRefused = true
            return outcome
        }
    }
    outcome.isBetween = reader.isBetweenFrames
    return outcome
}

private func messages(in input: [UInt8], piecesOf size: Int) -> [DERPClient.Message?] {
    var reader = FrameReader()
    var messages: [DERPClient.Message?] = []
    for piece in pieces(input, of: size) {
        let goesOn = piece.withUnsafeBytes { bytes in
            reader.read(bytes) {
                ServerFrame.judge($0)
            } body: { type, payload in
                // What is taken by its header can be read.
                guard let frame = ServerFrame(type, payload) else { preconditionFailure("a frame that can't be read") }
                messages.append(DERPClient.Message(frame) { nil })
                return true
            }
        }
        guard goesOn else { break }
    }
    return messages
}

private func login(in input: [UInt8], piecesOf size: Int) -> Outcome {
    var reader = DERPLoginReader()
    var read = 0
    for piece in pieces(input, of: size) {
        read += piece.count
        switch reader.read(piece) {
        case .incomplete: continue
        case .refused: return Outcome(isRefused: true)
        case .complete(let payload, let rest): return Outcome(frames: [Array(payload), Array(rest + input[read...])])
        }
    }
    return Outcome(isBetween: false)
}
