import IPAddresses
import FoundationEssentials

/// Base64 in the alphabet of URLs and without padding (RFC 4648 §5, RFC 7515 §2).
enum Base64URL {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = Data(bytes).base64EncodedString()
        while text.last == "=" { text.removeLast() }
        return text.replacing("+", by: "-").replacing("/", by: "_")
    }

    /// Reads either alphabet, with padding or without. Returns `nil` if `text` is none of these.
    static func decode(_ text: String) -> [UInt8]? {
        var text = text.replacing("-", by: "+").replacing("_", by: "/")
        while text.last == "=" { text.removeLast() }
        guard text.utf8.count % 4 != 1 else { return nil }
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text).map(Array.init)
    }

    /// Returns whether `text` is in the alphabet of URLs, and 1…`limit` characters long.
    static func isToken(_ text: String, limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                HTTPGrammar.isLetter(byte) || HTTPGrammar.isDigit(byte) || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            }
    }
}
