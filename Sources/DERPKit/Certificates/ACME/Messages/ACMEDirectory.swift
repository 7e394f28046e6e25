/// The URLs of an ACME server's resources (RFC 8555 §7.1.1).
struct ACMEDirectory: Hashable, Decodable, Sendable {
    let newNonce: String
    let newAccount: String
    let newOrder: String
    let meta: Meta?

    struct Meta: Hashable, Decodable, Sendable {
        /// Whether an account must be bound to an external one.
        let externalAccountRequired: Bool?
        /// The certificate profiles that can be ordered, and what they are for.
        let profiles: [String: String]?
    }
}
