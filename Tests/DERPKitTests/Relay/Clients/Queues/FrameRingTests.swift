import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Frame ring")
struct FrameRingTests {
    /// A frame of `size` bytes in all that can be told from others.
    private static func frame(_ number: Int, size: Int) -> [UInt8] {
        let payload = (0..<size - FrameHeader.byteCount).map { UInt8(truncatingIfNeeded: number &* 7 &+ $0) }
        return Frame.encode(.recvPacket, payload)
    }

    private static func contents(_ ring: FrameRing) -> [UInt8] {
        Array(ring.pieces.0) + Array(ring.pieces.1)
    }

    private static func append(_ frame: [UInt8], to ring: inout FrameRing) -> Bool {
        guard let memory = ring.reserve(frame.count) else { return false }
        frame.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        return true
    }

    @Test("it holds the same frames in the same order as an array, around and around", arguments: 1...6)
    func model(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pool = BufferPool(blockSize: 1000, limit: 1)
        var ring = FrameRing(pool: pool)
        var model: [[UInt8]] = []
        for number in 0..<1500 {
            if Int.random(in: 0..<100, using: &random) == 0 {
                ring.removeAll()
                model = []
            } else if Int.random(in: 0..<5, using: &random) < 3 {
                let frame = Self.frame(number, size: .random(in: 5...400, using: &random))
                if Self.append(frame, to: &ring) {
                    model.append(frame)
                } else {
                    #expect(!model.isEmpty, "an empty ring takes it")
                }
            } else {
                ring.removeFirst()
                if !model.isEmpty { model.removeFirst() }
            }
            #expect(ring.count == model.count)
            #expect(ring.isEmpty == model.isEmpty)
            #expect(ring.byteCount == model.reduce(0) { $0 + $1.count })
            #expect(ring.first.map { Array($0) } == model.first)
            #expect(Self.contents(ring) == Array(model.joined()))
        }
        ring.removeAll()
        #expect(pool.take() != nil, "the memory is back")
    }

    @Test("it borrows memory only while it holds a frame")
    func borrows() {
        let pool = BufferPool(blockSize: 1000, limit: 1)
        var first = FrameRing(pool: pool)
        var second = FrameRing(pool: pool)
        #expect(Self.append(Self.frame(1, size: 10), to: &first))
        #expect(!Self.append(Self.frame(2, size: 10), to: &second))
        first.removeFirst()
        #expect(Self.append(Self.frame(2, size: 10), to: &second))
        second.removeAll()
    }

    @Test("the largest packet always fits once older ones have been dropped, and what is larger than the block never")
    func largest() {
        var random = SplitMix64(seed: 9)
        let pool = BufferPool(blockSize: 192 * 1024, limit: 1)
        var ring = FrameRing(pool: pool)
        let largest = Self.frame(0, size: PacketFrame.overhead + PacketLimits.packet)
        for number in 0..<40 {
            while Self.append(Self.frame(number, size: .random(in: 5...65_000, using: &random)), to: &ring) {}
            var dropped = 0
            while !Self.append(largest, to: &ring) {
                ring.removeFirst()
                dropped += 1
                #expect(dropped <= 200_000)
            }
            #expect(Self.contents(ring).suffix(largest.count) == largest[...])
        }
        ring.removeAll()
        let tooLarge = ring.reserve(192 * 1024 + 1)
        #expect(tooLarge == nil)
    }
}
