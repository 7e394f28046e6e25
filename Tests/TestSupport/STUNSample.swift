/// Messages as they are on the wire, and the tools to spoil them.
package enum STUNSample {
    package typealias Attribute = (kind: UInt16, value: [UInt8])

    /// The transaction of RFC 5769's vectors.
    package static let transactionBytes: [UInt8] = [
        0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
    ]

    /// A node's request: header, SOFTWARE `tailnode`, FINGERPRINT.
    package static let nodeRequest = bytes(
        """
        00 01 00 14 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
        80 22 00 08 74 61 69 6c 6e 6f 64 65
        80 28 00 04 9e 8d f0 ce
        """
    )

    /// The answer to it for 192.0.2.1:32853.
    package static let ipv4Response = bytes(
        """
        01 01 00 0c 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
        00 20 00 08 00 01 a1 47 e1 12 a6 43
        """
    )

    /// The answer to it for [2001:db8:1234:5678:11:2233:4455:6677]:32853.
    package static let ipv6Response = bytes(
        """
        01 01 00 18 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
        00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9
        """
    )

    /// Hexadecimal digits, with white space anywhere between two bytes.
    package static func bytes(_ text: String) -> [UInt8] {
        text.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) }
    }

    /// A message of type `kind` with the sample transaction, these attributes, and a length that is right.
    package static func message(kind: UInt16, _ attributes: [Attribute]) -> [UInt8] {
        let body = attributes.flatMap { attribute in
            let padding = [UInt8](repeating: 0, count: -attribute.value.count & 3)
            return self.big(attribute.kind) + self.big(UInt16(attribute.value.count)) + attribute.value + padding
        }
        return self.big(kind) + self.big(UInt16(body.count)) + [0x21, 0x12, 0xa4, 0x42] + self.transactionBytes + body
    }

    /// `message` with its length raised by eight and a right FINGERPRINT behind it.
    package static func fingerprinted(_ message: [UInt8]) -> [UInt8] {
        var message = message
        message.replaceSubrange(2..<4, with: self.big(UInt16(message.count - 20 + 8)))
        return message + self.fingerprint(of: message)
    }

    /// The FINGERPRINT attribute that belongs behind `bytes`, computed bit by bit.
    package static func fingerprint(of bytes: some Sequence<UInt8>) -> [UInt8] {
        let value = self.crc32(bytes) ^ 0x5354_554e
        return [0x80, 0x28, 0, 4] + (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    package static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1
            }
        }
        return ~crc
    }

    private static func big(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }
}
