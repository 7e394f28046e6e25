/// What the server requires before it accepts an identifier (RFC 8555 §7.1.4).
struct ACMEAuthorization: Hashable, Decodable, Sendable {
    enum Status: String, Decodable, Sendable {
        case pending, valid, invalid, deactivated, expired, revoked
    }

    /// One way to prove it (RFC 8555 §7.1.5, §8).
    struct Challenge: Hashable, Decodable, Sendable {
        let type: String
        let url: String
        let status: String?
        let token: String?
        let error: ACMEProblem?
    }

    let identifier: ACMEIdentifier
    let status: Status
    let challenges: [Challenge]
}
