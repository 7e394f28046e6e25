import CDERPOpenSSL

/// Bytes in OpenSSL's own stream form, which its PEM functions read and write.
final class MemoryBIO {
    let pointer: OpaquePointer

    /// Makes an empty stream for writing.
    init() throws(OpenSSLFailure) {
        self.pointer = try OpenSSLFailure.check(BIO_new(BIO_s_mem()))
    }

    /// Makes a stream with `text`.
    convenience init(_ text: String) throws(OpenSSLFailure) {
        try self.init()
        let bytes = Array(text.utf8)
        // An empty stream is a stream at its end, not a failure.
        guard !bytes.isEmpty else { return }
        try OpenSSLFailure.check(BIO_write(self.pointer, bytes, CInt(clamping: bytes.count)))
    }

    deinit { BIO_free(self.pointer) }

    /// Removes and returns what was written.
    func text() -> String {
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(self.pointer))
        let count = BIO_read(self.pointer, &bytes, CInt(clamping: bytes.count))
        return String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
    }
}
