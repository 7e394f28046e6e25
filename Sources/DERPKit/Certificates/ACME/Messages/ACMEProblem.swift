/// An error as the server reports it (RFC 7807, RFC 8555 §6.7).
struct ACMEProblem: Hashable, Decodable, Sendable {
    let type: String?
    let detail: String?
    let subproblems: [Subproblem]?

    /// The problems of single identifiers (RFC 8555 §6.7.1).
    struct Subproblem: Hashable, Decodable, Sendable {
        let type: String?
        let detail: String?
    }

    /// Returns whether it is the ACME error `name`, such as `badNonce`.
    func isError(_ name: String) -> Bool { self.type == "urn:ietf:params:acme:error:" + name }
}

extension ACMEProblem: CustomStringConvertible {
    /// The text for a log. These are a stranger's words, so they are cut to 400 visible characters.
    var description: String {
        let name = self.type?.parts(at: ":").last.map { String($0) } ?? "error"
        let details = [self.detail] + (self.subproblems ?? []).prefix(3).map(\.detail)
        let text = ([name] + details.compactMap { $0 }).joined(separator: ": ")
        return OutsideText.line(text)
    }
}
