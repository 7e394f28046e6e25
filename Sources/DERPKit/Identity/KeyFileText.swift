import IPAddresses
import FoundationEssentials

/// The content of a key file.
enum KeyFileText {
    /// What is wrong with the text, in words that say nothing about its content.
    enum Problem: String, Error {
        case empty = "it is empty"
        case notJSON = "it is neither a JSON object nor `privkey:` text"
        case noKey = "its JSON has no string member \"PrivateKey\""
        case badKey = "its key is not `privkey:` and 64 hexadecimal digits, or is all zeros"
    }

    /// Reads either form. White space around it is ignored.
    static func decode(_ text: String) throws(Problem) -> NodePrivateKey {
        let text = text.trimmingASCIIWhiteSpace()
        if text.isEmpty { throw .empty }
        guard text.begins(with: "{") else {
            guard text.begins(with: "privkey:") else { throw .notJSON }
            return try Self.key(text)
        }
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(text.utf8)) else { throw .notJSON }
        guard let key = document.privateKey else { throw .noKey }
        return try Self.key(key)
    }

    /// The program's own form, byte for byte.
    static func encode(_ key: NodePrivateKey, as form: KeyFile.Form) -> String {
        switch form {
        case .derper: "{\n\t\"PrivateKey\": \"\(key.secretText)\"\n}"
        case .headscale: key.secretText
        }
    }

    private static func key(_ text: String) throws(Problem) -> NodePrivateKey {
        guard let key = NodePrivateKey(text: text) else { throw .badKey }
        return key
    }

    /// The JSON form. As in the reference, the member's name may be in any case and other members don't matter.
    private struct Document: Decodable {
        struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        let privateKey: String?

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Name.self)
            let name = members.allKeys.first { $0.stringValue.lowercasedASCII == "privatekey" }
            self.privateKey = name.flatMap { try? members.decode(String.self, forKey: $0) }
        }
    }
}

extension String {
    /// The text without spaces, tabs, line feeds and carriage returns at either end.
    fileprivate func trimmingASCIIWhiteSpace() -> String {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
        let bytes = Array(self.utf8)
        guard let first = bytes.firstIndex(where: { !blanks.contains($0) }),
            let last = bytes.lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
