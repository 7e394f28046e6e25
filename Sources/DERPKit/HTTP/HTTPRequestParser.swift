/// A strict parser of HTTP/1.x request heads (RFC 9112), over a buffer that the caller owns and lets grow.
///
/// It looks at each byte once however they dribble in, keeps none of them, and gives the same result for every way to
/// split the input. What can't become a request is refused at the first byte that shows it.
package struct HTTPRequestParser: Sendable {
    /// The longest head that is taken, in bytes, its final empty line included.
    package static let maxHeadByteCount = 16_384
    /// The most header fields that a head may have.
    package static let maxFieldCount = 100

    package enum Result: Hashable, Sendable {
        /// More bytes are needed. Never said of ``maxHeadByteCount`` bytes or more.
        case incomplete
        /// The first `byteCount` bytes are a whole head; what follows them isn't looked at.
        case head(HTTPRequestHead, byteCount: Int)
        /// No more bytes can make this a request: answer ``HTTPReply/init(_:)`` and close.
        case invalid(HTTPParseError)
    }

    private var scanner = HTTPHeadScanner()
    private var scannedByteCount = 0
    private var error: HTTPParseError?

    package init() {}

    /// Looks on in `buffer`, which holds everything since the end of the head before.
    ///
    /// Call again with the same bytes and more of them after `.incomplete`; with what follows the head after `.head`.
    /// After `.invalid` the answer stays the same.
    package mutating func parse(_ buffer: UnsafeRawBufferPointer) -> Result {
        if let error = self.error { return .invalid(error) }
        do throws(HTTPParseError) {
            guard try self.findEnd(in: buffer) else { return .incomplete }
            let byteCount = self.scannedByteCount
            let head = try HTTPRequestHead(scanned: UnsafeRawBufferPointer(rebasing: buffer[..<byteCount]))
            self = Self()
            return .head(head, byteCount: byteCount)
        } catch {
            self.error = error
            return .invalid(error)
        }
    }

    private mutating func findEnd(in buffer: UnsafeRawBufferPointer) throws(HTTPParseError) -> Bool {
        while self.scannedByteCount < buffer.count {
            let isEnd = try self.scanner.scan(buffer[self.scannedByteCount])
            self.scannedByteCount += 1
            if isEnd { return true }
            if self.scannedByteCount == Self.maxHeadByteCount { throw .headTooLarge }
        }
        return false
    }
}
