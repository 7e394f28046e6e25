import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Packet batch")
struct PacketBatchTests {
    @Test("frames come out as they went in: order, target, kind and bytes")
    func order() throws {
        var random = SplitMix64(seed: 4)
        let batch = PacketBatch()
        var expected: [(ClientID, PacketBatch.Content, [UInt8])] = []
        for _ in 0..<300 {
            let target = ClientID(
                loop: 3,
                slot: UInt32.random(in: 0...UInt32.max, using: &random),
                generation: UInt32.random(in: 0...UInt32.max, using: &random)
            )
            let source = try #require(NodePublicKey(random.bytes(32)))
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                batch.append(peerGone: source, to: target)
                expected.append((target, .peerGone, source.bytes))
            case let number:
                let size = number == 1 ? PacketLimits.packet : Int.random(in: 0...200, using: &random)
                let packet = random.bytes(size)
                packet.withUnsafeBytes {
                    batch.append($0, from: source, kind: number == 2 ? .disco : .other, to: target)
                }
                let content: PacketBatch.Content = number == 2 ? .disco : .other
                expected.append((target, content, Frame.encode(.recvPacket, source.bytes + packet)))
            }
        }
        var next = 0
        batch.forEach(loop: 3) { target, content, frame in
            #expect(target == expected[next].0)
            #expect(content == expected[next].1)
            #expect(frame.elementsEqual(expected[next].2))
            next += 1
        }
        #expect(next == expected.count)
        batch.removeAll()
        #expect(batch.isEmpty)
    }
}
