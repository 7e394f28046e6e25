import HTTPTypes

extension HTTPRouter {
    /// Answers `/verify`: whether the key lists admit a client, for other relays that ask (docs/protocol.md,
    /// "Admission").
    func verify(_ head: HTTPRequestHead, isTLS: Bool) -> Outcome {
        guard self.servesVerify else { return .respond(.notFound.protected(isTLS: isTLS)) }
        guard head.method == .post else { return .respond(.methodNotAllowed(allowed: "POST").protected(isTLS: isTLS)) }
        guard !head.fields.contains(.transferEncoding), let length = head.fields[.contentLength] else {
            return .respond(HTTPReply(text: "a Content-Length is needed", status: .lengthRequired))
        }
        guard let count = Int(length), count <= AdmissionMessage.maxByteCount else {
            return .respond(HTTPReply(text: "the question is too long", status: .contentTooLarge))
        }
        return .verify(bodyByteCount: count)
    }

    /// Returns the reply to a question. 400 when it isn't a question.
    static func verification(of question: some Collection<UInt8>, by lists: KeyLists) -> HTTPReply {
        guard let key = AdmissionMessage.key(inQuestion: question) else {
            return HTTPReply(text: "not a question about a node key", status: .badRequest)
        }
        return HTTPReply(
            status: .ok,
            fields: [.contentType: "application/json", .cacheControl: "no-store"],
            body: AdmissionMessage.answer(isAllowed: lists.decision(on: key).isAllowed)
        )
    }
}
