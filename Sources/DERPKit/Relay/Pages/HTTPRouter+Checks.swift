import HTTPTypes

/// What clients ask to learn whether and how fast the server answers.
extension HTTPRouter {
    /// `/derp/probe` and `/derp/latency-check`: as little as can be, readable by any web page.
    func probe(_ head: HTTPRequestHead) -> HTTPReply {
        guard head.isRead else { return .methodNotAllowed(text: "bogus probe method") }
        return HTTPReply(status: .ok, fields: [.accessControlAllowOrigin: "*"])
    }

    /// `/generate_204`: shows a client that no captive portal answers in the server's place.
    func connectivityCheck(_ head: HTTPRequestHead) -> HTTPReply {
        guard head.isRead else { return .methodNotAllowed }
        var fields: HTTPFields = [.cacheControl: "no-store, no-cache, must-revalidate, no-transform, max-age=0"]
        if let challenge = head.fields[.tailscaleChallenge], Self.isChallenge(challenge) {
            fields[.tailscaleResponse] = "response " + challenge
        }
        return HTTPReply(status: .noContent, fields: fields)
    }

    /// 1…64 of `[A-Za-z0-9._:-]`.
    private static func isChallenge(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                HTTPGrammar.isLetter($0) || HTTPGrammar.isDigit($0) || "._:-".utf8.contains($0)
            }
    }
}
