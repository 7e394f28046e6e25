import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("WebSocket frames cut anywhere")
struct WebSocketSplitTests {
    /// All kinds of frames, and DERP frames that begin in one message and end in another.
    private static func script(_ random: inout SplitMix64) -> (frames: [ClientFrame], derp: [UInt8]) {
        var derp: [UInt8] = []
        for size in [0, 3, 40, 130, 2000] {
            derp += Frame.encode(.sendPacket, random.bytes(32 + size))
            derp += Frame.encode(.ping, random.bytes(8))
        }
        var frames: [ClientFrame] = []
        var next = 0
        var inMessage = false
        while next < derp.count || inMessage {
            let size = min(.random(in: 0...400, using: &random), derp.count - next)
            let piece = Array(derp[next..<next + size])
            let isFinal = Bool.random(using: &random) || next + size == derp.count
            let frame: ClientFrame =
                inMessage ? .continuation(piece, isFinal: isFinal) : .binary(piece, isFinal: isFinal)
            frames.append(frame.with { $0.mask = random.bytes(4) })
            inMessage = !isFinal
            next += size
            if Bool.random(using: &random) { frames.append(.ping(random.bytes(.random(in: 0...125, using: &random)))) }
            if Bool.random(using: &random) { frames.append(.pong(random.bytes(.random(in: 0...125, using: &random)))) }
        }
        return (frames, derp)
    }

    @Test("two pieces, three pieces and single bytes give the same stream", arguments: 0..<4)
    func splits(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let (frames, derp) = Self.script(&random)
        let bytes = frames.bytes + ClientFrame.close(1000, "done").bytes
        let whole = ReadStream(bytes)
        #expect(whole.bytes == derp)
        #expect(whole.ending == .close(.normal))
        #expect(ReadStream(byteByByte: bytes) == whole)
        for cut in 0...bytes.count {
            let isEqual = ReadStream(reading: [bytes[..<cut], bytes[cut...]]) == whole
            #expect(isEqual, "cut at \(cut)")
        }
        for _ in 0..<300 {
            let cuts = [Int.random(in: 0...bytes.count, using: &random), .random(in: 0...bytes.count, using: &random)]
            let (one, two) = (cuts.min() ?? 0, cuts.max() ?? 0)
            #expect(ReadStream(reading: [bytes[..<one], bytes[one..<two], bytes[two...]]) == whole)
        }
    }

    @Test("a violation is the same wherever the bytes are cut, and all before it comes out")
    func violations() {
        let wrong: [ClientFrame] = [
            .text("x"), .continuation([1]), .close([1]), .close(1005), .close([3, 0xe8, 0xff]),
            ClientFrame(opcode: 5), ClientFrame(opcode: 2, reserved: 4), ClientFrame(opcode: 2, mask: nil),
            ClientFrame(opcode: 9, isFinal: false), ClientFrame.binary([1]).with { $0.lengthSize = 8 },
            ClientFrame.binary([1]).with { $0.length = 1 << 40 }, ClientFrame(opcode: 9, length: 200),
        ]
        for frame in wrong {
            let bytes = [.binary([1, 2, 3]), .ping([4]), frame, .binary([5])].bytes
            let whole = ReadStream(bytes)
            #expect(whole.violation != nil)
            #expect(whole.bytes == [1, 2, 3])
            #expect(whole.pings == [[4]])
            #expect(ReadStream(byteByByte: bytes) == whole)
            for cut in 0...bytes.count { #expect(ReadStream(reading: [bytes[..<cut], bytes[cut...]]) == whole) }
        }
    }

    @Test("DERP frames come out whole across messages, by way of the frame reader")
    func derpFrames() {
        let packet = Frame.encode(.sendPacket, [UInt8](repeating: 7, count: 100))
        for cut in 0...packet.count {
            let stream = ReadStream(.binary(Array(packet[..<cut])), .ping(), .binary(packet[cut...] + packet))
            var reader = FrameReader()
            var count = 0
            let goesOn = stream.bytes.withUnsafeBytes {
                reader.read(
                    $0,
                    judge: { _ in .take },
                    body: { type, payload in
                        count += type == .sendPacket && payload.count == 100 ? 1 : 100
                        return true
                    }
                )
            }
            #expect(goesOn && count == 2 && reader.isBetweenFrames)
        }
    }
}
