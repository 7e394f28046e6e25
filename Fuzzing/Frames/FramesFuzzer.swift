@_spi(Benchmarks) @testable import DERPKit

/// Frames, those that clients are sent, and the login frame must come out the same however the input is cut.
enum FramesFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let (size, input) = Pieces.sized(input, below: 32) else { return }
        precondition(Self.frames(in: input, piecesOf: input.count) == Self.frames(in: input, piecesOf: size))
        precondition(Self.messages(in: input, piecesOf: input.count) == Self.messages(in: input, piecesOf: size))
        precondition(Self.login(in: input, piecesOf: input.count) == Self.login(in: input, piecesOf: size))
    }

    private struct Outcome: Hashable {
        var frames: [[UInt8]] = []
        var isRefused = false
        var isBetween = true
    }

    private static func frames(in input: [UInt8], piecesOf size: Int) -> Outcome {
        var reader = FrameReader()
        var outcome = Outcome()
        for piece in Pieces.of(input, size) {
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

    private static func messages(in input: [UInt8], piecesOf size: Int) -> [DERPClient.Message?] {
        var reader = FrameReader()
        var messages: [DERPClient.Message?] = []
        for piece in Pieces.of(input, size) {
            let goesOn = piece.withUnsafeBytes { bytes in
                reader.read(bytes) {
                    ServerFrame.judge($0)
                } body: { type, payload in
                    // What is taken by its header can be read.
                    guard let frame = ServerFrame(type, payload) else { fatalError("a frame can't be read") }
                    Self.check(frame)
                    messages.append(DERPClient.Message(frame) { nil })
                    return true
                }
            }
            guard goesOn else { break }
        }
        return messages
    }

    private static func check(_ frame: ServerFrame) {
        switch frame {
        case .packet(_, let packet): precondition(!DiscoPacket.matches(packet) || packet.count >= 62)
        case .peerPresent(let presence) where presence.address != nil:
            precondition(presence.payload.withUnsafeBytes { PeerPresence(payload: $0) } == presence)
        case .health(let bytes):
            let text = ServerFrame.text(bytes)
            precondition(text.unicodeScalars.count <= 501)
            Lines.check(text)
        default: break
        }
    }

    private static func login(in input: [UInt8], piecesOf size: Int) -> Outcome {
        var reader = DERPLoginReader()
        var read = 0
        for piece in Pieces.of(input, size) {
            read += piece.count
            switch reader.read(piece) {
            case .incomplete: continue
            case .refused: return Outcome(isRefused: true)
            case .complete(let payload, let rest):
                return Outcome(frames: [Array(payload), Array(rest + input[read...])])
            }
        }
        return Outcome(isBetween: false)
    }
}
