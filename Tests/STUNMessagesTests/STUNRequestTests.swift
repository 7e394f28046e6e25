import STUNMessages
import TestSupport
import Testing

@Suite("Binding request")
struct STUNRequestTests {
    @Test("is 40 bytes: SOFTWARE tailnode, then FINGERPRINT")
    func encoding() throws {
        let request = STUNRequest(transactionID: try .sample)
        #expect(request.bytes == STUNSample.nodeRequest)
        #expect(STUNRequest.size == 40)
    }

    @Test("of a node is taken, whatever its transaction id")
    func roundTrip() throws {
        #expect(try STUNRequest.parse(STUNSample.nodeRequest) == .request(.init(transactionID: .sample)))
        for _ in 0..<100 {
            let request = STUNRequest()
            #expect(STUNRequest.parse(request.bytes) == .request(request))
        }
    }

    @Test("with any byte changed is refused")
    func everyByteCounts() {
        for index in STUNSample.nodeRequest.indices {
            for change in UInt8(1)...255 {
                var datagram = STUNSample.nodeRequest
                datagram[index] ^= change
                #expect(!STUNRequest.parse(datagram).isRequest, "byte \(index) xor \(change)")
            }
        }
    }

    @Test("with any byte but the transaction id changed is refused, though its FINGERPRINT be right")
    func everyByteCountsByItself() {
        for index in 0..<32 {
            for change in UInt8(1)...255 {
                var datagram = Array(STUNSample.nodeRequest.prefix(32))
                datagram[index] ^= change
                datagram += STUNSample.fingerprint(of: datagram)
                #expect(STUNRequest.parse(datagram).isRequest == (8..<20).contains(index), "byte \(index)")
            }
        }
    }

    @Test("cut short is refused at every length, and is no STUN below 20 bytes")
    func truncated() {
        for count in 0..<STUNSample.nodeRequest.count {
            let expected: STUNRequest.Verdict = count < 20 ? .notSTUN : .refused
            #expect(STUNRequest.parse(Array(STUNSample.nodeRequest.prefix(count))) == expected, "\(count) bytes")
        }
    }

    @Test("with bytes behind it is refused", arguments: 1...9)
    func trailingBytes(count: Int) {
        let datagram = STUNSample.nodeRequest + [UInt8](repeating: 0, count: count)
        #expect(STUNRequest.parse(datagram) == .refused)
    }

    @Test("may hold other attributes, padded or empty, in front of FINGERPRINT")
    func otherAttributes() {
        for size in 0...9 {
            let other: STUNSample.Attribute = (0x8055, [UInt8](repeating: 0xff, count: size))
            for attributes in [[other, Self.software], [Self.software, other], [other, Self.software, other]] {
                let datagram = STUNSample.fingerprinted(STUNSample.message(kind: 1, attributes))
                #expect(STUNRequest.parse(datagram).isRequest, "\(size) bytes")
            }
        }
    }

    @Test(
        "from other software is refused",
        arguments: ["", "tailnod", "tailnodes", "Tailnode", "xxxxtailnode", "tailnode\0"]
    )
    func otherSoftware(name: String) {
        let datagram = STUNSample.fingerprinted(STUNSample.message(kind: 1, [(0x8022, Array(name.utf8))]))
        #expect(STUNRequest.parse(datagram) == .refused)
    }

    @Test("without SOFTWARE, or without any attribute, is refused")
    func withoutSoftware() {
        #expect(STUNRequest.parse(STUNSample.fingerprinted(STUNSample.message(kind: 1, []))) == .refused)
        #expect(STUNRequest.parse(STUNSample.message(kind: 1, [])) == .refused)
    }

    @Test("whose FINGERPRINT is missing, not last, of another size or hidden in a value is refused")
    func fingerprintPlacement() {
        let bare = STUNSample.message(kind: 1, [Self.software])
        #expect(STUNRequest.parse(bare) == .refused)

        let right = Array(STUNSample.fingerprint(of: bare).suffix(4))
        let notLast = STUNSample.message(kind: 1, [(0x8028, right), Self.software])
        #expect(STUNRequest.parse(notLast) == .refused)

        for value in [[], Array(right.prefix(3)), right + [0], right + right] {
            #expect(STUNRequest.parse(STUNSample.message(kind: 1, [Self.software, (0x8028, value)])) == .refused)
        }

        // Eight bytes that look like a right FINGERPRINT, but lie inside another attribute.
        var hidden = STUNSample.message(kind: 1, [Self.software, (0x8055, [UInt8](repeating: 0, count: 8))])
        hidden.replaceSubrange(hidden.count - 8..<hidden.count, with: STUNSample.fingerprint(of: hidden.dropLast(8)))
        #expect(STUNRequest.parse(hidden) == .refused)
    }

    @Test("with a right FINGERPRINT in front of a broken attribute is refused", arguments: [4, 8])
    func brokenEnd(count: Int) {
        let broken: [UInt8] = [0x80, 0x55, 0xff, 0xff, 0, 0, 0, 0]
        var datagram = Array(STUNSample.nodeRequest.prefix(32))
        datagram[3] += UInt8(count)
        datagram += STUNSample.fingerprint(of: datagram) + broken.prefix(count)
        #expect(STUNRequest.parse(datagram) == .refused)
    }

    @Test("with an attribute that claims more than is there is refused", arguments: [9, 12, 13, 17, 0xfffd, 0xffff])
    func overrun(length: UInt16) {
        var datagram = Array(STUNSample.nodeRequest.prefix(32))
        datagram.replaceSubrange(22..<24, with: [UInt8(length >> 8), UInt8(length & 0xff)])
        datagram += STUNSample.fingerprint(of: datagram)
        #expect(STUNRequest.parse(datagram) == .refused)
    }

    @Test("is distinguished from datagrams that are no STUN")
    func notSTUN() {
        #expect(STUNRequest.parse([]) == .notSTUN)
        #expect(STUNRequest.parse([UInt8](repeating: 0, count: 64)) == .notSTUN)
        #expect(STUNRequest.parse([0x80] + STUNSample.nodeRequest.dropFirst()) == .notSTUN)
        #expect(STUNRequest.parse([0x40] + STUNSample.nodeRequest.dropFirst()) == .notSTUN)
    }

    @Test("other kinds of STUN message are refused", arguments: [0x0000, 0x0003, 0x0011, 0x0101, 0x0111, 0x3fff])
    func otherKinds(kind: UInt16) {
        #expect(
            STUNRequest.parse(STUNSample.fingerprinted(STUNSample.message(kind: kind, [Self.software]))) == .refused
        )
    }

    @Test("random bytes behind a right header never get an answer")
    func randomBytes() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let body = (0..<4 * Int.random(in: 0...40)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let header = STUNSample.message(kind: 1, []).prefix(2) + [0, UInt8(body.count)]
            let datagram = header + STUNSample.nodeRequest[4..<20] + body
            #expect(STUNRequest.parse(Array(datagram)) == .refused)
        }
    }

    private static let software: STUNSample.Attribute = (0x8022, Array("tailnode".utf8))
}

extension STUNRequest.Verdict {
    fileprivate var isRequest: Bool {
        if case .request = self { true } else { false }
    }
}
