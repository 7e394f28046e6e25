import HTTPTypes

/// The requests with which clients find out whether and how fast the server answers.
extension HTTPRouter {
    /// Answers `/derp/probe` and `/derp/latency-check`: as short as possible, and readable by any web page.
    func probe(_ head: HTTPRequestHead) -> HTTPReply {
        guard head.isRead else { return .methodNotAllowed(text: "bogus probe method") }
        return HTTPReply(status: .ok, fields: [.accessControlAllowOrigin: "*"])
    }

    /// Answers `/generate_204`, which shows a client that no captive portal answers in the server's place.
    func connectivityCheck(_ head: HTTPRequestHead) -> HTTPReply {
        guard head.isRead else { return .methodNotAllowed }
        var fields: HTTPFields = [.cacheControl: "no-store, no-cache, must-revalidate, no-transform, max-age=0"]
        if let challenge = head.fields[.tailscaleChallenge], Self.isChallenge(challenge) {
            fields[.tailscaleResponse] = "response " + challenge
        }
        return HTTPReply(status: .noContent, fields: fields)
    }

    /// Returns whether `text` is 1…64 characters of `[A-Za-z0-9._:-]`.
    private static func isChallenge(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                HTTPGrammar.isLetter($0) || HTTPGrammar.isDigit($0) || "._:-".utf8.contains($0)
            }
    }
}
