import IPAddresses
import FoundationEssentials

/// The JSON messages between relays and admission controllers (docs/protocol.md, "Admission").
enum AdmissionMessage {
    /// The largest size of a question or an answer, in bytes.
    static let maxByteCount = 4096

    /// Returns the question about a client.
    static func question(_ request: AdmissionRequest) -> [UInt8] {
        Array(#"{"NodePublic":"\#(request.key)","Source":"\#(request.source)"}"#.utf8)
    }

    /// Returns the answer to a question.
    static func answer(isAllowed: Bool) -> [UInt8] {
        Array(#"{"Allow":\#(isAllowed)}"#.utf8)
    }

    /// Returns the key that a question is about; `nil` if `json` isn't a question.
    static func key(inQuestion json: some Collection<UInt8>) -> NodePublicKey? {
        guard json.count <= self.maxByteCount,
            let question = try? JSONDecoder().decode(Members.self, from: Data(json)),
            let text = question.nodePublic, text.begins(with: "nodekey:"),
            let key = NodePublicKey(text: text), !key.isZero
        else { return nil }
        return key
    }

    /// Returns whether an answer admits the client; false if it doesn't say so, `nil` if `json` isn't an answer.
    static func isAllowed(byAnswer json: some Collection<UInt8>) -> Bool? {
        guard json.count <= self.maxByteCount,
            let answer = try? JSONDecoder().decode(Members.self, from: Data(json))
        else { return nil }
        return answer.allow ?? false
    }

    /// The members of questions and answers. The case of their names doesn't matter, as in the reference
    /// implementation.
    private struct Members: Decodable {
        var nodePublic: String?
        var allow: Bool?

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            for key in container.allKeys where try !container.decodeNil(forKey: key) {
                switch key.stringValue.lowercasedASCII {
                case "nodepublic": self.nodePublic = try container.decode(String.self, forKey: key)
                case "allow": self.allow = try container.decode(Bool.self, forKey: key)
                default: break
                }
            }
        }
    }
}
