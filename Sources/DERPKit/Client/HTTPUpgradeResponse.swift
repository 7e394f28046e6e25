/// Parses the head of a server's response to an upgrade request, as far as a DERP client needs it.
enum HTTPUpgradeResponse {
    /// The largest size of a head, in bytes.
    static let maxHeadByteCount = 16 * 1024

    private static let end = Array("\r\n\r\n".utf8)

    /// Returns the size of the head at the start of `bytes`; `nil` if it isn't complete yet.
    ///
    /// - Parameter scanned: How many bytes there were the last time, when the head was incomplete. They are not
    ///   searched again.
    /// - Throws: ``DERPError`` with code `handshake` if the status is not `101` or the head is too long.
    static func headCount(in bytes: [UInt8], scanned: Int = 0) throws(DERPError) -> Int? {
        guard let count = self.end(of: bytes, scanned: scanned) else {
            guard bytes.count <= self.maxHeadByteCount else {
                throw DERPError(.handshake, "the server's HTTP response is too long")
            }
            return nil
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\r") }
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard parts.count >= 2, parts[0].starts(with: Array("HTTP/1.".utf8)) else {
            throw DERPError(.handshake, "the server doesn't answer with HTTP/1")
        }
        let status = parts[1].count == 3 ? Int(String(decoding: parts[1], as: UTF8.self)) : nil
        guard let status else { throw DERPError(.handshake, "the server's HTTP status is malformed") }
        guard status == 101 else {
            throw DERPError(.handshake, "the server answers with HTTP status \(status) and does not relay")
        }
        return count
    }

    /// Returns whether `bytes`, which may be incomplete, begin like an HTTP response. The first frame of a relay can't,
    /// because its type is 1.
    static func isBegun(by bytes: [UInt8]) -> Bool {
        let version = Array("HTTP/1.".utf8)
        return !bytes.isEmpty && version.starts(with: bytes.prefix(version.count))
    }

    private static func end(of bytes: [UInt8], scanned: Int) -> Int? {
        let last = min(bytes.count, self.maxHeadByteCount)
        // The end of the head may be split between two reads.
        let first = max(scanned - self.end.count + 1, 0)
        guard last - first >= self.end.count else { return nil }
        for start in first...last - self.end.count
        where bytes[start] == self.end[0] && bytes[start..<start + self.end.count].elementsEqual(self.end) {
            return start + self.end.count
        }
        return nil
    }
}
