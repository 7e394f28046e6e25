import IPAddresses
import HTTPTypes

extension HTTPRouter {
    /// The path at which ACME servers look for the answers to HTTP-01 challenges (RFC 8555 §8.3).
    private static let challenges = "/.well-known/acme-challenge/"

    /// Returns the outcome for a request for a challenge's answer. `nil` when it can't be such a request.
    static func challenge(_ head: HTTPRequestHead, otherwise: HTTPReply) -> Outcome? {
        guard head.isRead, let token = head.path.rest(after: self.challenges).map({ String($0) }) else { return nil }
        return Base64URL.isToken(token, limit: 256) ? .challenge(token: token, otherwise: otherwise) : nil
    }
}

extension HTTPReply {
    /// Creates the reply with the file that a validator asks for.
    init(challenge file: String) {
        self.init(
            status: .ok,
            fields: [.contentType: "application/octet-stream", .cacheControl: "no-store"],
            body: Array(file.utf8)
        )
    }
}
