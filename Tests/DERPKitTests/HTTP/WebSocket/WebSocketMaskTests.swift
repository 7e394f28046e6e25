import TestSupport
import Testing

@testable import DERPKit

@Suite("WebSocket mask")
struct WebSocketMaskTests {
    private static let key: [UInt8] = [0x9a, 0x01, 0xff, 0x40]

    private static var mask: WebSocketMask {
        WebSocketMask(Self.key.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
    }

    private static func masked(_ bytes: [UInt8]) -> [UInt8] {
        bytes.enumerated().map { $1 ^ Self.key[$0 % 4] }
    }

    @Test(
        "bytes of any number are unmasked, in place and at every distance before",
        arguments: [0, 1, 5, 7, 8, 9, 31, 32, 33]
    )
    func overlap(distance: Int) {
        for count in Array(0...100) + [1000, 4096, 65573] {
            var random = SplitMix64(seed: UInt64(count))
            let bytes = random.bytes(count)
            var memory = [UInt8](repeating: 0xee, count: distance) + Self.masked(bytes) + [0xee]
            var mask = Self.mask
            memory.withUnsafeMutableBytes { memory in
                guard let base = memory.baseAddress else { return }
                let input = UnsafeRawBufferPointer(rebasing: memory[distance..<distance + count])
                mask.remove(from: input, to: base)
            }
            #expect(Array(memory.prefix(count)) == bytes)
            #expect(memory.last == 0xee)
        }
    }

    @Test("the mask continues where the last piece ended")
    func pieces() {
        var random = SplitMix64(seed: 1)
        let bytes = random.bytes(500)
        let masked = Self.masked(bytes)
        for size in 1...70 {
            var mask = Self.mask
            var output = [UInt8](repeating: 0, count: bytes.count)
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = Array(masked[start..<min(start + size, bytes.count)])
                output.withUnsafeMutableBytes { output in
                    piece.withUnsafeBytes { mask.remove(from: $0, to: output.baseAddress! + start) }
                }
            }
            #expect(output == bytes)
        }
    }
}
