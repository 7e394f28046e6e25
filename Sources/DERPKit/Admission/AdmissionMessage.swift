import AsyncSockets
import FoundationEssentials

/// What derpers and admission controllers say to each other, as JSON (docs/protocol.md, "Admission").
enum AdmissionMessage {
    /// Neither question nor answer is longer, in bytes.
    static let maxByteCount = 4096

    /// The question about a client.
    static func question(_ request: AdmissionRequest) -> [UInt8] {
        Array(#"{"NodePublic":"\#(request.key)","Source":"\#(request.source)"}"#.utf8)
    }

    /// The answer to a question.
    static func answer(isAllowed: Bool) -> [UInt8] {
        Array(#"{"Allow":\#(isAllowed)}"#.utf8)
    }

    /// The key that a question is about; `nil` when it isn't one.
    static func key(inQuestion json: some Collection<UInt8>) -> NodePublicKey? {
        guard json.count <= self.maxByteCount,
            let question = try? JSONDecoder().decode(Members.self, from: Data(json)),
            let text = question.nodePublic, text.begins(with: "nodekey:"),
            let key = NodePublicKey(text: text), !key.isZero
        else { return nil }
        return key
    }

    /// Whether an answer admits the client: not, when it doesn't say so. `nil` when it is no answer.
    static func isAllowed(byAnswer json: some Collection<UInt8>) -> Bool? {
        guard json.count <= self.maxByteCount,
            let answer = try? JSONDecoder().decode(Members.self, from: Data(json))
        else { return nil }
        return answer.allow ?? false
    }

    /// The members of either; names are compared without regard to case, as the reference does.
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
