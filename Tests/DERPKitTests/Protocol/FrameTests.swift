import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Frames")
struct FrameTests {
    private let key = NodePublicKey([UInt8](repeating: 0xab, count: 32))

    @Test("a header is a type and a big-endian size of what follows")
    func header() {
        let bytes: [UInt8] = [0x04, 0x00, 0x01, 0x00, 0x20]
        let header = bytes.withUnsafeBytes { FrameHeader($0.baseAddress!) }
        #expect(header == FrameHeader(type: .sendPacket, payloadCount: 65568))
        var written = [UInt8](repeating: 0xff, count: 6)
        written.withUnsafeMutableBytes { header.store(to: $0.baseAddress!) }
        #expect(written == bytes + [0xff])
    }

    @Test("frame types have the numbers of the protocol")
    func types() {
        let types: [FrameType] = [
            .serverKey, .clientInfo, .serverInfo, .sendPacket, .recvPacket, .keepAlive, .notePreferred, .peerGone,
            .peerPresent, .forwardPacket,
        ]
        #expect(types.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        let later: [FrameType] = [.watchConns, .closePeer, .ping, .pong, .health, .restarting]
        #expect(later.map(\.rawValue) == [0x10, 0x11, 0x12, 0x13, 0x14, 0x15])
    }

    @Test("frames have the bytes of the protocol")
    func golden() throws {
        let key = try #require(self.key)
        let ab = [UInt8](repeating: 0xab, count: 32)
        #expect(Frame.serverKey(key) == [1, 0, 0, 0, 40, 0x44, 0x45, 0x52, 0x50, 0xf0, 0x9f, 0x94, 0x91] + ab)
        #expect(Frame.keepAlive == [6, 0, 0, 0, 0])
        #expect(Frame.peerGone(key, .disconnected) == [8, 0, 0, 0, 33] + ab + [0])
        #expect(Frame.peerGone(key, .notHere) == [8, 0, 0, 0, 33] + ab + [1])
        #expect(Frame.encode(.pong, [1, 2, 3, 4, 5, 6, 7, 8]) == [0x13, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test("Restarting holds two sizes of time in milliseconds, and holds too long ones as the longest")
    func restarting() {
        #expect(
            Frame.restarting(reconnectAfter: .milliseconds(258), tryFor: .seconds(30))
                == [0x15, 0, 0, 0, 8, 0, 0, 1, 2, 0, 0, 0x75, 0x30]
        )
        #expect(
            Frame.restarting(reconnectAfter: .seconds(-1), tryFor: .seconds(1_000_000_000))
                == [0x15, 0, 0, 0, 8, 0, 0, 0, 0, 255, 255, 255, 255]
        )
    }

    @Test("a RecvPacket frame holds the source and the packet")
    func recvPacket() throws {
        let key = try #require(self.key)
        var frame = [UInt8](repeating: 0, count: PacketFrame.overhead + 3)
        frame.withUnsafeMutableBytes { memory in
            [UInt8]([7, 8, 9]).withUnsafeBytes { PacketFrame.store($0, from: key, at: memory.baseAddress!) }
        }
        #expect(frame == [5, 0, 0, 0, 35] + key.bytes + [7, 8, 9])
        #expect(frame.withUnsafeBytes { PacketFrame($0)?.kind } == .other)
        #expect(Frame.peerGone(key, .notHere).withUnsafeBytes { PacketFrame($0) } == nil)
    }

    @Test("a disco packet begins with its magic and is at least 62 bytes long")
    func disco() {
        let magic: [UInt8] = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac]
        func matches(_ packet: [UInt8]) -> Bool { packet.withUnsafeBytes { DiscoPacket.matches($0) } }
        let packet = magic + [UInt8](repeating: 0, count: 56)
        #expect(matches(packet))
        #expect(matches(packet + [1]))
        #expect(!matches(packet.dropLast()))
        #expect(!matches([]))
        for index in 0..<6 {
            var other = packet
            other[index] ^= 1
            #expect(!matches(other))
        }
        #expect(!DiscoPacket.matches(UnsafeRawBufferPointer(start: nil, count: 0)))
    }
}
