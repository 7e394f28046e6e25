/// Text that a program hands over to be told to a client.
enum ClientNotice {
    /// The first characters of `text` that fit into `limit` bytes of UTF-8, each control character as a space.
    static func cut(_ text: String, to limit: Int) -> String {
        var notice = String.UnicodeScalarView()
        var byteCount = 0
        for scalar in text.unicodeScalars {
            byteCount += UTF8.width(scalar)
            guard byteCount <= limit else { break }
            let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            notice.append(isControl ? " " : scalar)
        }
        return String(notice)
    }
}
