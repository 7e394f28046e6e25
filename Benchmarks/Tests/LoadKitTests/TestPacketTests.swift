import Testing

@testable import LoadKit

@Suite("A test packet of a kind")
struct TestPacketTests {
    private func packet(_ kind: PacketKind, size: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        bytes.withUnsafeMutableBytes {
            guard let start = $0.baseAddress else { return }
            TestPacket.write(kind, flow: 3, size: size, sequence: 7, time: 99, to: start)
        }
        return bytes
    }

    @Test("A disco packet begins as Tailscale's do, and both kinds are distinguished")
    func kinds() throws {
        for size in [TestPacket.minimumDiscoSize, 100, 1400, 65536] {
            let bytes = self.packet(.disco, size: size)
            #expect(bytes.prefix(6) == [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac])
            let (kind, stamp) = try #require(bytes.withUnsafeBytes { TestPacket.read($0) })
            #expect(kind == .disco)
            #expect(stamp.flow == 3 && stamp.sequence == 7 && stamp.time == 99)
            let data = try #require(self.packet(.data, size: size).withUnsafeBytes { TestPacket.read($0) })
            #expect(data.0 == .data)
        }
    }

    @Test("No changed bit passes, in the head neither", arguments: [96, 103, 200])
    func changedBits(size: Int) {
        for position in 0..<size {
            for bit in 0..<8 {
                var bytes = self.packet(.disco, size: size)
                bytes[position] ^= 1 << bit
                #expect(bytes.withUnsafeBytes { TestPacket.read($0) } == nil, "byte \(position), bit \(bit)")
            }
        }
    }
}
