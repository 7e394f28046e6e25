/// A strict parser of HTTP/1.x request heads (RFC 9112), over a buffer that the caller owns and extends.
///
/// It reads each byte once, however slowly they arrive, keeps none of them, and gives the same result for every way to
/// split the input. It refuses what can't become a request at the first byte that shows this.
package struct HTTPRequestParser: Sendable {
    /// The longest head that is accepted, in bytes, including its final empty line.
    package static let maxHeadByteCount = 16_384
    /// The most header fields that a head may have.
    package static let maxFieldCount = 100

    package enum Result: Hashable, Sendable {
        /// More bytes are needed. Never returned for ``maxHeadByteCount`` bytes or more.
        case incomplete
        /// The first `byteCount` bytes are a complete head. What follows them hasn't been read.
        case head(HTTPRequestHead, byteCount: Int)
        /// No further bytes can make this a request: answer ``HTTPReply/init(_:)`` and close.
        case invalid(HTTPParseError)
    }

    private var scanner = HTTPHeadScanner()
    private var scannedByteCount = 0
    private var error: HTTPParseError?

    package init() {}

    /// Continues with `buffer`, which must contain everything since the end of the previous head.
    ///
    /// After `.incomplete`, call again with the same bytes and more of them. After `.head`, call it with what follows
    /// the head. After `.invalid`, the answer stays the same.
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
