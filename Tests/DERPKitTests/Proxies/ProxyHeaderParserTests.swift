import IPAddresses
import TestSupport
import Testing

@testable import DERPKit

@Suite("PROXY headers")
struct ProxyHeaderParserTests {
    private static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    private static let ipv4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 7, 0x30, 0x39, 0x01, 0xbb]
    private static let ipv6: [UInt8] =
        [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1] + [UInt8](repeating: 9, count: 16) + [
            0x30, 0x39, 0x01, 0xbb,
        ]

    private func parse(_ bytes: [UInt8]) -> ProxyHeaderParser.Result {
        bytes.withUnsafeBytes { ProxyHeaderParser.parse($0) }
    }

    private func parse(_ text: String) -> ProxyHeaderParser.Result { self.parse(Array(text.utf8)) }

    private static func binary(_ command: UInt8, _ family: UInt8, _ content: [UInt8], count: Int? = nil) -> [UInt8] {
        let count = count ?? content.count
        return Self.signature + [command, family, UInt8(count >> 8), UInt8(count & 255)] + content
    }

    private static let samples: [(header: [UInt8], source: String?)] = [
        (Array("PROXY TCP4 192.0.2.1 198.51.100.7 12345 443\r\n".utf8), "192.0.2.1:12345"),
        (Array("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n".utf8), "255.255.255.255:65535"),
        (Array("PROXY TCP6 2001:db8::1 2001:db8::2 0 443\r\n".utf8), "[2001:db8::1]:0"),
        (Array("PROXY TCP6 ::ffff:192.0.2.1 ::1 12345 443\r\n".utf8), "192.0.2.1:12345"),
        (Array("PROXY UNKNOWN\r\n".utf8), nil),
        (Array("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n".utf8), nil),
        (Self.binary(0x21, 0x11, Self.ipv4), "192.0.2.1:12345"),
        (Self.binary(0x21, 0x21, Self.ipv6), "[2001:db8::1]:12345"),
        (Self.binary(0x21, 0x11, Self.ipv4 + [0x04, 0, 2, 1, 2]), "192.0.2.1:12345"),
        (Self.binary(0x21, 0x11, Self.ipv4 + [UInt8](repeating: 0xff, count: 4084)), "192.0.2.1:12345"),
        (Self.binary(0x20, 0x00, []), nil),
        (Self.binary(0x20, 0x11, Self.ipv4), nil),
        (Self.binary(0x20, 0x11, [1, 2, 3]), nil),
        (Self.binary(0x21, 0x00, []), nil),
        (Self.binary(0x21, 0x00, [1, 2, 3]), nil),
        (Self.binary(0x21, 0x31, [UInt8](repeating: 65, count: 216)), nil),
        (Self.binary(0x21, 0x12, Self.ipv4), nil),
    ]

    @Test("both versions, and what is behind them stays", arguments: Self.samples.indices)
    func good(index: Int) {
        let (bytes, source) = Self.samples[index]
        let header = ProxyHeader(source: source.flatMap { IPEndpoint($0) })
        #expect((header.source != nil) == (source != nil))
        for rest in [[], [0x16, 3, 1], Array("\r\nPROXY ".utf8)] as [[UInt8]] {
            #expect(self.parse(bytes + rest) == .header(header, byteCount: bytes.count))
        }
        for count in 0..<bytes.count { #expect(self.parse(Array(bytes.prefix(count))) == .incomplete) }
    }

    @Test(
        "a malformed line",
        arguments: [
            ("PROXY TCP4 192.0.2.1 198.51.100.7 12345\r\n", ProxyHeaderError.line),
            ("PROXY TCP4 192.0.2.1 198.51.100.7 12345 443 1\r\n", .line),
            ("PROXY TCP4  192.0.2.1 198.51.100.7 12345 443\r\n", .line),
            ("PROXY TCP4 192.0.2.1 198.51.100.7 12345 443\n", .line),
            ("PROXY tcp4 192.0.2.1 198.51.100.7 12345 443\r\n", .line),
            ("PROXY \r\n", .line), ("PROXY UNKNOWNX\r\n", .line), ("PROXY UDP4 1.1.1.1 1.1.1.1 1 1\r\n", .line),
            ("PROXY UNKNOWN \u{1}\r\n", .line), ("PROXY UNKNOWN \u{e9}\r\n", .line),
            ("PROXY TCP4 2001:db8::1 198.51.100.7 1 443\r\n", .address),
            ("PROXY TCP6 192.0.2.1 198.51.100.7 1 443\r\n", .address),
            ("PROXY TCP4 192.0.2.256 198.51.100.7 1 443\r\n", .address),
            ("PROXY TCP4 192.0.2.1 198.51.100.7 65536 443\r\n", .address),
            ("PROXY TCP4 192.0.2.1 198.51.100.7 -1 443\r\n", .address),
            ("PROXY TCP4 192.0.2.1 198.51.100.7 1 000443\r\n", .address),
            ("PROXY TCP4 192.0.2.1 x 1 443\r\n", .address),
            ("proxy TCP4", .signature), ("PROXX", .signature), ("PROXY\t", .signature), ("GET / HTTP/1.1", .signature),
            ("\r\n\r\nGET", .signature), ("\u{16}\u{3}\u{1}", .signature),
        ]
    )
    func badLine(text: String, error: ProxyHeaderError) {
        #expect(self.parse(text) == .invalid(error))
    }

    @Test("a line has at most 107 bytes")
    func longLine() {
        let longest = "PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n"
        #expect(longest.utf8.count == 107)
        #expect(self.parse(longest) == .header(ProxyHeader(source: nil), byteCount: 107))
        let open = "PROXY UNKNOWN " + String(repeating: "x", count: 92)
        #expect(self.parse(open) == .incomplete)
        #expect(self.parse(open + "x") == .invalid(.lineTooLong))
        #expect(self.parse(open + "\r\n") == .invalid(.lineTooLong))
    }

    @Test("a malformed binary header")
    func badBinary() {
        for command: UInt8 in [0x11, 0x22, 0x2f, 0x31, 0x01] {
            #expect(self.parse(Self.binary(command, 0x11, Self.ipv4)) == .invalid(.unknownCode))
        }
        for family: UInt8 in [0x41, 0x13, 0xff] {
            #expect(self.parse(Self.binary(0x21, family, Self.ipv4)) == .invalid(.unknownCode))
        }
        #expect(self.parse(Self.binary(0x21, 0x11, Self.ipv4, count: 11)) == .invalid(.length))
        #expect(self.parse(Self.binary(0x21, 0x21, Self.ipv4)) == .invalid(.length))
        #expect(self.parse(Self.binary(0x21, 0x11, [], count: 4097)) == .invalid(.length))
        #expect(self.parse(Self.binary(0x20, 0x00, [], count: 65535)) == .invalid(.length))
        #expect(self.parse(Self.signature.prefix(11) + [0x0b]) == .invalid(.signature))
    }

    @Test("once invalid or complete, more bytes change nothing; and incomplete ends in time")
    func stable() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<20_000 {
            let seed = Self.samples[Int.random(in: 0..<Self.samples.count, using: &random)].header
            var bytes = seed
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            let whole = self.parse(bytes)
            for count in stride(from: 0, to: bytes.count, by: 7) {
                let part = self.parse(Array(bytes.prefix(count)))
                #expect(part == .incomplete || part == whole)
            }
        }
    }
}
