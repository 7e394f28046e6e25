import IPAddresses
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("PeerPresent frames")
struct PeerPresenceTests {
    private let key = NodePrivateKey().publicKey

    @Test("have key, address, port and flags, and are read again", arguments: ["192.0.2.1:65535", "[2001:db8::1]:256"])
    func frame(address: String) throws {
        let address = try #require(IPEndpoint(address))
        let presence = PeerPresence(key: self.key, address: address, flags: [.prober, .notIdeal])
        let frame = Frame.peerPresent(presence)
        #expect(Array(frame.prefix(5)) == [0x09, 0, 0, 0, 51])
        #expect(Array(frame[5..<37]) == self.key.bytes)
        #expect(Array(frame[37..<53]) == address.ip.mappedBytes)
        #expect(Array(frame[53...]) == [UInt8(address.port >> 8), UInt8(address.port & 255), 12])
        #expect(frame[5...].withUnsafeBytes { PeerPresence(payload: $0) } == presence)
        #expect((frame[5...] + [1, 2]).withUnsafeBytes { PeerPresence(payload: $0) } == presence)
    }

    @Test("of other servers may end behind the key or the address, but not earlier")
    func short() throws {
        let payload = [UInt8](repeating: 1, count: 50)
        let read = { (count: Int) in payload.prefix(count).withUnsafeBytes { PeerPresence(payload: $0) } }
        #expect(read(31) == nil)
        #expect(read(32)?.address == nil)
        #expect(read(49)?.address == nil)
        #expect(read(50)?.address?.port == 0x101)
        #expect(read(50)?.flags == [])
    }
}
