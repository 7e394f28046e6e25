import IPAddresses
import STUNMessages
import TestSupport
import Testing

@Suite("Binding response")
struct STUNResponseTests {
    @Test("is 32 bytes for IPv4, with one XOR-MAPPED-ADDRESS")
    func ipv4() throws {
        let response = STUNResponse(transactionID: try .sample, mappedAddress: try Self.ipv4)
        #expect(response.bytes == STUNSample.ipv4Response)
        #expect(response.bytes.count == 32)
    }

    @Test("is 44 bytes for IPv6, with one XOR-MAPPED-ADDRESS")
    func ipv6() throws {
        let response = STUNResponse(transactionID: try .sample, mappedAddress: try Self.ipv6)
        #expect(response.bytes == STUNSample.ipv6Response)
        #expect(response.bytes.count == 44)
    }

    @Test("has family 1 for an IPv4 sender on a dual-stack socket")
    func mappedIPv4() throws {
        let sender = try #require(IPEndpoint("[::ffff:192.0.2.1]:32853"))
        let response = STUNResponse(transactionID: try .sample, mappedAddress: sender)
        #expect(response.bytes == STUNSample.ipv4Response)
    }

    @Test("overwrites the request in its own buffer")
    func inPlace() throws {
        var buffer = STUNSample.nodeRequest + [0, 0, 0, 0]
        try buffer.withUnsafeMutableBytes { buffer in
            guard case .request(let request) = STUNRequest.parse(.init(rebasing: buffer[..<40])) else {
                Issue.record("the sample is a request")
                return
            }
            let response = STUNResponse(transactionID: request.transactionID, mappedAddress: try Self.ipv6)
            #expect(response.write(to: buffer) == 44)
        }
        #expect(buffer == STUNSample.ipv6Response)
    }

    @Test(
        "reads back, whatever the address",
        arguments: ["0.0.0.0:0", "255.255.255.255:65535", "33.18.164.66:8466", "[::]:0", "[::1]:1", "[fe80::1:2]:3478"]
    )
    func roundTrip(text: String) throws {
        let response = STUNResponse(transactionID: .random(), mappedAddress: try #require(IPEndpoint(text)))
        #expect(STUNResponse(parsing: response.bytes) == response)
    }

    @Test("of an old server may hold MAPPED-ADDRESS alone")
    func mappedAddressAlone() throws {
        let ipv4: [UInt8] = [0, 1, 0x80, 0x55, 192, 0, 2, 1]
        let ipv6 = try [0, 2, 0x80, 0x55] + Self.ipv6.ip.bytes
        #expect(
            STUNResponse(parsing: STUNSample.message(kind: 0x101, [(0x0001, ipv4)]))?.mappedAddress == (try Self.ipv4)
        )
        #expect(
            STUNResponse(parsing: STUNSample.message(kind: 0x101, [(0x0001, ipv6)]))?.mappedAddress == (try Self.ipv6)
        )
    }

    @Test("with both addresses counts XOR-MAPPED-ADDRESS, in either order")
    func bothAddresses() throws {
        let plain: STUNSample.Attribute = (0x0001, [0, 1, 0, 9, 10, 0, 0, 9])
        let masked: STUNSample.Attribute = (0x0020, Array(STUNSample.ipv4Response.suffix(8)))
        let other: STUNSample.Attribute = (0x8022, [1, 2, 3])
        for attributes in [[plain, masked], [masked, plain], [other, masked, other]] {
            let response = STUNResponse(parsing: STUNSample.message(kind: 0x101, attributes))
            #expect(response?.mappedAddress == (try Self.ipv4))
            #expect(response?.transactionID == (try .sample))
        }
    }

    @Test("cut short, or with bytes behind it, is refused")
    func wrongSize() {
        for sample in [STUNSample.ipv4Response, STUNSample.ipv6Response] {
            for count in 0..<sample.count {
                #expect(STUNResponse(parsing: Array(sample.prefix(count))) == nil)
            }
            #expect(STUNResponse(parsing: sample + [0, 0, 0, 0]) == nil)
        }
    }

    @Test("of another kind, without an address, or with one of no known form is refused")
    func notAnAnswer() {
        let address = Array(STUNSample.ipv4Response.suffix(8))
        #expect(STUNResponse(parsing: STUNSample.nodeRequest) == nil)
        #expect(STUNResponse(parsing: STUNSample.message(kind: 0x111, [(0x0020, address)])) == nil)
        #expect(STUNResponse(parsing: STUNSample.message(kind: 0x101, [])) == nil)
        #expect(STUNResponse(parsing: STUNSample.message(kind: 0x101, [(0x0020, [])])) == nil)
        #expect(
            STUNResponse(parsing: STUNSample.message(kind: 0x101, [(0x0020, [0, 3] + address.dropFirst(2))])) == nil
        )
        #expect(
            STUNResponse(parsing: STUNSample.message(kind: 0x101, [(0x0020, [0, 2] + address.dropFirst(2))])) == nil
        )
        #expect(STUNResponse(parsing: STUNSample.message(kind: 0x101, [(0x0020, address + [0])])) == nil)
    }

    @Test("with a FINGERPRINT that is right, but not last, is refused")
    func fingerprintNotLast() {
        var datagram = STUNSample.fingerprinted(STUNSample.ipv4Response)
        #expect(STUNResponse(parsing: datagram) != nil)
        datagram = Array(datagram.dropLast(8))
        datagram[3] += 4
        datagram += STUNSample.fingerprint(of: datagram) + [0x80, 0x55, 0, 0]
        #expect(STUNResponse(parsing: datagram) == nil)
    }

    @Test("with an attribute that overruns the end is refused")
    func overrun() {
        var datagram = STUNSample.message(
            kind: 0x101,
            [(0x0020, Array(STUNSample.ipv4Response.suffix(8))), (0x8022, [1])]
        )
        datagram[35] = 5
        #expect(STUNResponse(parsing: datagram) == nil)
    }

    static var ipv4: IPEndpoint {
        get throws { try #require(IPEndpoint("192.0.2.1:32853")) }
    }

    static var ipv6: IPEndpoint {
        get throws { try #require(IPEndpoint("[2001:db8:1234:5678:11:2233:4455:6677]:32853")) }
    }
}
