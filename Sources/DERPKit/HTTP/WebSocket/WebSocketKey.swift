import CDERPOpenSSL

/// The client's key, and the proof that it was read as one (RFC 6455 §4.2.2).
enum WebSocketKey {
    /// Returns whether `key` is 16 bytes in Base64.
    static func isValid(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return bytes.count == 24 && bytes[22...].allSatisfy { $0 == UInt8(ascii: "=") }
            && bytes[..<22].allSatisfy { HTTPGrammar.isLetter($0) || HTTPGrammar.isDigit($0) || "+/".utf8.contains($0) }
    }

    /// The value of Sec-WebSocket-Accept.
    static func answer(to key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        SHA1(text, text.count, &digest)
        // 4 characters for each 3 bytes, and a zero.
        var base64 = [UInt8](repeating: 0, count: (digest.count + 2) / 3 * 4 + 1)
        let count = EVP_EncodeBlock(&base64, digest, Int32(digest.count))
        return String(decoding: base64.prefix(Int(count)), as: UTF8.self)
    }
}
