import IPAddresses
import STUNMessages
import TestSupport
import Testing

@Suite("Test vectors of RFC 5769")
struct RFC5769Tests {
    @Test("§2.1: a right request of other software gets no answer")
    func request() {
        #expect(STUNRequest.parse(RFC5769.request) == .refused)
        #expect(Array(RFC5769.request.suffix(8)) == STUNSample.fingerprint(of: RFC5769.request.dropLast(8)))
    }

    @Test("§2.2: the response for IPv4 is read")
    func ipv4Response() throws {
        let response = try #require(STUNResponse(parsing: RFC5769.ipv4Response))
        #expect(response.mappedAddress == (try STUNResponseTests.ipv4))
        #expect(response.transactionID.bytes == STUNSample.transactionBytes)
    }

    @Test("§2.3: the response for IPv6 is read")
    func ipv6Response() throws {
        let response = try #require(STUNResponse(parsing: RFC5769.ipv6Response))
        #expect(response.mappedAddress == (try STUNResponseTests.ipv6))
        #expect(response.transactionID.bytes == STUNSample.transactionBytes)
    }

    @Test("§2.4: a request with long-term authentication gets no answer")
    func authenticatedRequest() {
        #expect(RFC5769.authenticatedRequest.count == 116)
        #expect(STUNRequest.parse(RFC5769.authenticatedRequest) == .refused)
    }

    /// SOFTWARE is skipped whatever its padding (spaces here, zeros in §2.4), and MESSAGE-INTEGRITY too.
    @Test("the mapped addresses are written as the vectors have them")
    func mappedAddresses() throws {
        for vector in [RFC5769.ipv4Response, RFC5769.ipv6Response] {
            let response = try #require(STUNResponse(parsing: vector))
            let attribute = Array(response.bytes.dropFirst(20))
            #expect(Array(vector[36..<36 + attribute.count]) == attribute)
            #expect(response.bytes[4..<20] == vector[4..<20])
        }
    }

    @Test("a response cut short is refused at every length")
    func truncated() {
        for vector in [RFC5769.ipv4Response, RFC5769.ipv6Response] {
            for count in 0..<vector.count { #expect(STUNResponse(parsing: Array(vector.prefix(count))) == nil) }
        }
    }

    @Test("a response with any byte changed is refused, because it has a FINGERPRINT")
    func everyByteCounts() {
        for vector in [RFC5769.ipv4Response, RFC5769.ipv6Response] {
            for index in vector.indices where index != vector.count - 7 && index != vector.count - 8 {
                var datagram = vector
                datagram[index] ^= 0x40
                #expect(STUNResponse(parsing: datagram) == nil, "byte \(index)")
            }
        }
    }
}
