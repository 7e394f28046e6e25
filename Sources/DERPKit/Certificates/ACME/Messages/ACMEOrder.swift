/// An order of a certificate as the server reports it (RFC 8555 §7.1.3).
struct ACMEOrder: Hashable, Decodable, Sendable {
    enum Status: String, Decodable, Sendable {
        case pending, ready, processing, valid, invalid
    }

    let status: Status
    let authorizations: [String]
    let finalize: String
    let certificate: String?
    let error: ACMEProblem?
}
