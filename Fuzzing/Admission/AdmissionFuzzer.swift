@testable import DERPKit
import IPAddresses

/// Lists of keys, questions about clients, and verifiers' answers with their HTTP heads.
enum AdmissionFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let kind = input.first else { return }
        let input = Array(input.dropFirst())
        switch kind % 4 {
        case 0: Self.list(String(decoding: input, as: UTF8.self))
        case 1: Self.ask(input)
        case 2: precondition(AdmissionMessage.isAllowed(byAnswer: input) == nil || input.count <= 4096)
        default: Self.answer(input)
        }
    }

    /// A list can be written, and reads as the same again.
    private static func list(_ text: String) {
        do throws(KeyList.Problem) {
            let list = try KeyList(text)
            precondition(!list.keys.contains { $0.isZero })
            let lines = list.keys.map { "\t\($0) # \u{600}\r" }
            precondition((try? KeyList(lines.joined(separator: "\n"))) == list)
        } catch {
            precondition((1...text.utf8.count { $0 == 0x0a } + 1).contains(error.line))
        }
    }

    private static func ask(_ question: [UInt8]) {
        let lists = KeyLists(allow: nil, deny: nil)
        let reply = HTTPRouter.verification(of: question, by: lists)
        guard let key = AdmissionMessage.key(inQuestion: question) else {
            precondition(reply.status == .badRequest)
            return
        }
        precondition(reply.status == .ok && AdmissionMessage.isAllowed(byAnswer: reply.body) == true)
        let again = AdmissionRequest(key: key, source: .loopbackIPv6)
        precondition(AdmissionMessage.key(inQuestion: AdmissionMessage.question(again)) == key)
    }

    /// What a controller answers admits nobody by its first part.
    private static func answer(_ bytes: [UInt8]) {
        var reader = HTTPResponseReader(answerTo: .post, bodyLimit: AdmissionMessage.maxByteCount)
        do throws(DERPError) {
            for piece in Pieces.of(bytes, 7) {
                try reader.take(piece)
                precondition(!reader.isComplete || (200...599).contains(reader.response.status))
            }
            try reader.end()
        } catch {
            Lines.check(error.message)
            return
        }
        _ = AdmissionMessage.isAllowed(byAnswer: reader.response.body)
    }
}
