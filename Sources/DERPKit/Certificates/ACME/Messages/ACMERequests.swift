/// The payload of newAccount (RFC 8555 §7.3).
struct ACMEAccountRequest: Encodable {
    var termsOfServiceAgreed = true
    var contact: [String]?
    var externalAccountBinding: JSONWebSignature?
}

/// The payload of newOrder (RFC 8555 §7.4), with the profile of draft-ietf-acme-profiles.
struct ACMEOrderRequest: Encodable {
    var identifiers: [ACMEIdentifier]
    var profile: String?
}

/// The payload of an order's finalization: the request's DER as base64url.
struct ACMEFinalizeRequest: Encodable {
    var csr: String
}
