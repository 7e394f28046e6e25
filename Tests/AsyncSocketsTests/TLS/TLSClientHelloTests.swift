import Testing

@testable import AsyncSockets

@Suite("TLS ClientHello")
struct TLSClientHelloTests {
    private func serverName(_ content: [UInt8]) -> String? {
        TLSClientHello(serverNameExtension: content, protocolsExtension: []).serverName
    }

    private func serverName(_ name: String) -> String? {
        let bytes = Array(name.utf8)
        let size = { (count: Int) in [UInt8(count >> 8), UInt8(count & 0xff)] }
        return self.serverName(size(bytes.count + 3) + [0] + size(bytes.count) + bytes)
    }

    @Test("the server's name is read in lower case and without its final dot (RFC 6066 §3)")
    func name() {
        #expect(self.serverName("Relay.Example.COM.") == "relay.example.com")
        #expect(self.serverName("a") == "a")
        let longest = String(repeating: "a", count: 253)
        #expect(self.serverName(longest) == longest)
    }

    @Test("a malformed name counts as none")
    func malformed() {
        let good: [UInt8] = [0, 4, 0, 0, 1, 0x61]
        #expect(self.serverName(good) == "a")
        for count in 0..<good.count { #expect(self.serverName(Array(good.prefix(count))) == nil) }
        #expect(self.serverName(good + [0]) == nil)
        // Another type of name, a size too large, one too small.
        #expect(self.serverName([0, 4, 1, 0, 1, 0x61]) == nil)
        #expect(self.serverName([0, 4, 0, 0, 2, 0x61]) == nil)
        #expect(self.serverName([0, 4, 0, 0, 0, 0x61]) == nil)
        #expect(self.serverName(String(repeating: "a", count: 254)) == nil)
        #expect(self.serverName("a b") == nil && self.serverName("a\0") == nil && self.serverName(".") == nil)
    }

    @Test("the protocols are read in their order (RFC 7301 §3.1), or none when one is malformed")
    func protocols() {
        let read = { (content: [UInt8]) in
            TLSClientHello(serverNameExtension: [], protocolsExtension: content).protocols
        }
        #expect(read([0, 5, 2, 0x68, 0x32, 1, 0x61]) == ["h2", "a"])
        #expect(read([]) == [] && read([0]) == [] && read([0, 0]) == [])
        #expect(read([0, 5, 2, 0x68, 0x32, 2, 0x61]) == [])
        #expect(read([0, 2, 0, 0]) == [] && read([0, 9, 1, 0x61]) == [])
    }
}
