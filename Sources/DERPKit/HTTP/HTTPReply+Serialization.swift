import HTTPTypes

extension HTTPReply {
    /// Returns the bytes to send (RFC 9112 §4, §6).
    ///
    /// - Parameters:
    ///   - keepAlive: What Connection tells the peer.
    ///   - isHead: Whether the method is HEAD. Then the body is counted, but not sent.
    package func serialized(keepAlive: Bool, isHead: Bool = false) -> [UInt8] {
        // RFC 9110 §8.6: no length with 1xx and 204. With 304 it would be that of the page that isn't sent.
        let hasBody = self.status.kind != .informational && self.status != .noContent && self.status != .notModified
        var head = "HTTP/1.1 \(self.status.code) \(self.status.reasonPhrase)\r\n"
        for field in self.fields where field.name != .connection {
            head += "\(field.name.rawName): \(field.value)\r\n"
        }
        if hasBody { head += "Content-Length: \(self.body.count)\r\n" }
        let options = self.fields[values: .connection] + [keepAlive ? "keep-alive" : "close"]
        head += "Connection: \(options.joined(separator: ", "))\r\n\r\n"
        return Array(head.utf8) + (hasBody && !isHead ? self.body : [])
    }
}
