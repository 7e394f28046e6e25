import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Frame reader")
struct FrameReaderTests {
    private struct Taken: Equatable {
        let type: UInt8
        let payload: [UInt8]
    }

    /// What came of reading all of `pieces`.
    private struct Outcome: Equatable {
        var taken: [Taken] = []
        var judged: [FrameHeader] = []
        var goesOn = true
        var isBetweenFrames = true
    }

    /// Takes Pings up to 1000 bytes and SendPackets up to 65568, refuses ClosePeer and what is larger, skips the rest.
    private static func judge(_ header: FrameHeader) -> FrameReader.Verdict {
        switch header.type {
        case .ping: header.payloadCount <= 1000 ? .take : .refuse
        case .sendPacket: header.payloadCount <= 65568 ? .take : .refuse
        case .closePeer: .refuse
        default: .skip
        }
    }

    private static func read(_ pieces: [ArraySlice<UInt8>], breakAt limit: Int = .max) -> Outcome {
        var reader = FrameReader()
        var outcome = Outcome()
        for piece in pieces {
            outcome.goesOn = Array(piece).withUnsafeBytes { bytes in
                reader.read(
                    bytes,
                    judge: {
                        outcome.judged.append($0)
                        return Self.judge($0)
                    },
                    body: { type, payload in
                        outcome.taken.append(Taken(type: type.rawValue, payload: Array(payload)))
                        return outcome.taken.count < limit
                    }
                )
            }
            if !outcome.goesOn { break }
        }
        if outcome.goesOn { outcome.isBetweenFrames = reader.isBetweenFrames }
        return outcome
    }

    private static func pieces(_ bytes: [UInt8], _ random: inout SplitMix64) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var next = 0
        while next < bytes.count {
            let size = Int.random(in: 0...(Bool.random(using: &random) ? 8 : 70_000), using: &random)
            pieces.append(bytes[next..<min(next + size, bytes.count)])
            next += size
        }
        return pieces
    }

    private static func stream(_ random: inout SplitMix64, refusing: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes += Frame.encode(.ping, random.bytes(Int.random(in: 0...16, using: &random)))
            case 1: bytes += Frame.encode(.sendPacket, random.bytes(Int.random(in: 0...2000, using: &random)))
            case 2: bytes += Frame.encode(.sendPacket, random.bytes(65568))
            case 3: bytes += Frame.encode(FrameType(rawValue: 0xee), random.bytes(.random(in: 0...99, using: &random)))
            case 4: bytes += Frame.encode(.keepAlive, [])
            default: bytes += Frame.encode(.ping, [])
            }
        }
        if refusing { bytes += [FrameType.closePeer.rawValue, 0xff, 0xff, 0xff, 0xff] + random.bytes(9) }
        return bytes
    }

    @Test(
        "any split of the same bytes gives the same frames, each judged once, to the same end",
        arguments: [false, true]
    )
    func splits(refusing: Bool) {
        var random = SplitMix64(seed: refusing ? 2 : 3)
        for _ in 0..<60 {
            let bytes = Self.stream(&random, refusing: refusing)
            let whole = Self.read([bytes[...]])
            #expect(whole.goesOn == !refusing)
            #expect(whole.isBetweenFrames)
            for _ in 0..<5 { #expect(Self.read(Self.pieces(bytes, &random)) == whole) }
        }
    }

    @Test("frames cut at every byte are the same frames")
    func everyByte() {
        let bytes =
            Frame.encode(.ping, [1, 2, 3]) + Frame.encode(FrameType(rawValue: 0xaa), [9, 9])
            + Frame.encode(.sendPacket, [UInt8](repeating: 4, count: 40)) + Frame.keepAlive + Frame.encode(.ping, [])
        let whole = Self.read([bytes[...]])
        #expect(whole.taken.map(\.type) == [0x12, 0x04, 0x12])
        #expect(Self.read(bytes.indices.map { bytes[$0...$0] }) == whole)
        for cut in 0...bytes.count { #expect(Self.read([bytes[..<cut], bytes[cut...]]) == whole) }
    }

    @Test("a skipped frame of 4 GiB is not kept, and what follows it is found")
    func skipsFourGiB() {
        var reader = FrameReader()
        var taken = 0
        var left = Int(UInt32.max)
        func read(_ bytes: UnsafeRawBufferPointer) -> Bool {
            reader.read(
                bytes,
                judge: { Self.judge($0) },
                body: { _, _ in
                    taken += 1; return true
                }
            )
        }
        #expect(([0x77, 0xff, 0xff, 0xff, 0xff] as [UInt8]).withUnsafeBytes { read($0) })
        #expect(!reader.isBetweenFrames)
        let piece = [UInt8](repeating: 0x11, count: 64 << 20)
        while left > 0 {
            let count = min(left, piece.count)
            #expect(piece.withUnsafeBytes { read(UnsafeRawBufferPointer(rebasing: $0[..<count])) })
            left -= count
        }
        #expect(reader.isBetweenFrames)
        #expect(Frame.encode(.ping, [1]).withUnsafeBytes { read($0) })
        #expect(taken == 1)
    }

    @Test("a frame is refused by its header alone, without waiting for a byte of what follows")
    func refusesByHeader() {
        for type: FrameType in [.ping, .sendPacket, .closePeer] {
            let header = [type.rawValue, 0xff, 0xff, 0xff, 0xff]
            #expect(!Self.read([header[...]]).goesOn)
            #expect(!Self.read(header.indices.map { header[$0...$0] }).goesOn)
        }
    }

    @Test("nothing is read once the taker breaks off")
    func breaksOff() {
        let bytes = Frame.encode(.ping, [1]) + Frame.encode(.ping, [2]) + Frame.encode(.ping, [3])
        for pieces in [[bytes[...]], bytes.indices.map { bytes[$0...$0] }] {
            let outcome = Self.read(pieces, breakAt: 2)
            #expect(!outcome.goesOn)
            #expect(outcome.taken.map(\.payload) == [[1], [2]])
        }
    }

    @Test("no input changes nothing")
    func nothing() {
        #expect(Self.read([[], []]) == Outcome())
    }
}
