import Testing

@testable import LoadKit

@Suite("A test packet")
struct PacketStampTests {
    private func packet(size: Int, sequence: UInt64 = 7) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        let stamp = PacketStamp(flow: 3, size: UInt32(size), sequence: sequence, time: 123_456_789)
        bytes.withUnsafeMutableBytes { stamp.write(to: $0.baseAddress!) }
        return bytes
    }

    @Test("It says what was written into it", arguments: [32, 33, 39, 40, 100, 1400, 65536])
    func roundTrip(size: Int) throws {
        let stamp = try #require(self.packet(size: size).withUnsafeBytes { PacketStamp(verifying: $0) })
        #expect(stamp == PacketStamp(flow: 3, size: UInt32(size), sequence: 7, time: 123_456_789))
    }

    @Test("No changed bit passes", arguments: [32, 45, 100])
    func changedBits(size: Int) {
        for position in 0..<size {
            for bit in 0..<8 {
                var bytes = self.packet(size: size)
                bytes[position] ^= 1 << bit
                #expect(bytes.withUnsafeBytes { PacketStamp(verifying: $0) } == nil, "byte \(position), bit \(bit)")
            }
        }
    }

    @Test("Neither a missing nor an additional byte passes")
    func otherLength() {
        let bytes = self.packet(size: 100)
        for count in 0..<100 {
            #expect(bytes[..<count].withUnsafeBytes { PacketStamp(verifying: $0) } == nil)
        }
        #expect((bytes + [0]).withUnsafeBytes { PacketStamp(verifying: $0) } == nil)
    }

    @Test("Parts of two packets don't make one")
    func mixed() {
        let mixed = self.packet(size: 200, sequence: 1)[..<104] + self.packet(size: 200, sequence: 2)[104...]
        #expect(Array(mixed).withUnsafeBytes { PacketStamp(verifying: $0) } == nil)
    }
}
