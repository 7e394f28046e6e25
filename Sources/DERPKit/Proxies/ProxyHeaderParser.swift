import IPAddresses

/// Reads PROXY headers. Pure: the same bytes give the same result, however they arrive.
package enum ProxyHeaderParser {
    package enum Result: Hashable, Sendable {
        /// More bytes are needed, of at most ``maxByteCount`` in all.
        case incomplete
        /// A header with this many bytes. What follows is the connection's own.
        case header(ProxyHeader, byteCount: Int)
        case invalid(ProxyHeaderError)
    }

    /// The longest header of version 1, including its end of line (§2.1), in bytes.
    package static let maxLineByteCount = 107
    /// The longest header that is accepted, in bytes. Version 2 allows more, for what proxies add (§2.2), but 536 are
    /// enough for what must be accepted.
    package static let maxByteCount = 16 + 4096

    /// Reads everything that has arrived.
    package static func parse(_ bytes: UnsafeRawBufferPointer) -> Result {
        guard let first = bytes.first else { return .incomplete }
        switch first {
        case Self.lineSignature[0]: return Self.parseLine(bytes)
        case Self.signature[0]: return Self.parseBinary(bytes)
        default: return .invalid(.signature)
        }
    }

    private static func begins(_ bytes: UnsafeRawBufferPointer, with signature: [UInt8]) -> Bool {
        signature.starts(with: bytes.prefix(signature.count))
    }
}

// MARK: Version 1

extension ProxyHeaderParser {
    private static let lineSignature = Array("PROXY ".utf8)
    private static let space = UInt8(ascii: " ")

    /// A line of text.
    private static func parseLine(_ bytes: UnsafeRawBufferPointer) -> Result {
        guard Self.begins(bytes, with: Self.lineSignature) else { return .invalid(.signature) }
        let line = bytes.prefix(Self.maxLineByteCount)
        guard let feed = line.firstIndex(of: 0x0a) else {
            return line.count < Self.maxLineByteCount ? .incomplete : .invalid(.lineTooLong)
        }
        guard line[feed - 1] == 0x0d else { return .invalid(.line) }
        let text = line[Self.lineSignature.count..<feed - 1]
        guard text.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return .invalid(.line) }
        let words = text.split(separator: Self.space, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        switch words.first {
        case "UNKNOWN":
            return .header(ProxyHeader(source: nil), byteCount: feed + 1)
        case "TCP4", "TCP6":
            guard words.count == 5 else { return .invalid(.line) }
            let family: IPAddress.Family = words[0] == "TCP4" ? .ipv4 : .ipv6
            guard let source = Self.address(words[1], port: words[3], family),
                Self.address(words[2], port: words[4], family) != nil
            else { return .invalid(.address) }
            return .header(ProxyHeader(source: source), byteCount: feed + 1)
        default:
            return .invalid(.line)
        }
    }

    private static func address(_ text: String, port: String, _ family: IPAddress.Family) -> IPEndpoint? {
        guard let ip = IPAddress(text), ip.family == family else { return nil }
        guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy(HTTPGrammar.isDigit), let number = UInt16(port)
        else { return nil }
        return IPEndpoint(ip.unmapped, port: number)
    }
}

// MARK: Version 2

extension ProxyHeaderParser {
    private static let signature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]
    private static let fixedByteCount = 16

    private static func parseBinary(_ bytes: UnsafeRawBufferPointer) -> Result {
        guard Self.begins(bytes, with: Self.signature) else { return .invalid(.signature) }
        guard bytes.count >= Self.fixedByteCount else { return .incomplete }
        let (command, family) = (bytes[12], bytes[13])
        // The version, LOCAL or PROXY, a family up to Unix, and a transport up to datagrams.
        guard command == 0x20 || command == 0x21, family >> 4 <= 3, family & 0x0f <= 2 else {
            return .invalid(.unknownCode)
        }
        let count = Int(bytes[14]) << 8 | Int(bytes[15])
        guard Self.fixedByteCount + count <= Self.maxByteCount else { return .invalid(.length) }
        let addressCount = command == 0x21 ? Self.addressByteCount(family) : 0
        guard count >= addressCount else { return .invalid(.length) }
        let end = Self.fixedByteCount + count
        guard bytes.count >= end else { return .incomplete }
        let addresses = bytes[Self.fixedByteCount..<Self.fixedByteCount + addressCount]
        return .header(ProxyHeader(source: Self.source(addresses)), byteCount: end)
    }

    /// The number of bytes of addresses that are read: those of TCP over IP. What follows them doesn't matter.
    private static func addressByteCount(_ family: UInt8) -> Int {
        switch family {
        case 0x11: 2 * (4 + 2)
        case 0x21: 2 * (16 + 2)
        default: 0
        }
    }

    /// Source address, destination address, source port, destination port.
    private static func source(_ addresses: Slice<UnsafeRawBufferPointer>) -> IPEndpoint? {
        let size = addresses.count / 2 - 2
        guard size > 0, let ip = IPAddress(bytes: addresses.prefix(size)) else { return nil }
        let port = addresses.dropFirst(2 * size).prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
        return IPEndpoint(ip.unmapped, port: port)
    }
}
