/// Where an ACME server's resources are (RFC 8555 §7.1.1).
struct ACMEDirectory: Hashable, Decodable, Sendable {
    let newNonce: String
    let newAccount: String
    let newOrder: String
    let meta: Meta?

    struct Meta: Hashable, Decodable, Sendable {
        /// Whether an account must be bound to another.
        let externalAccountRequired: Bool?
        /// The profiles of certificates that can be ordered, and what they are for.
        let profiles: [String: String]?
    }
}
