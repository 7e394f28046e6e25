/// An error as the server tells it (RFC 7807, RFC 8555 §6.7).
struct ACMEProblem: Hashable, Decodable, Sendable {
    let type: String?
    let detail: String?
    let subproblems: [Subproblem]?

    /// What concerns one identifier (RFC 8555 §6.7.1).
    struct Subproblem: Hashable, Decodable, Sendable {
        let type: String?
        let detail: String?
    }

    /// Whether it is the ACME error `name`, such as `badNonce`.
    func isError(_ name: String) -> Bool { self.type == "urn:ietf:params:acme:error:" + name }
}

extension ACMEProblem: CustomStringConvertible {
    /// For a log: a stranger's words, so that they are cut to 400 characters, each of which can be seen.
    var description: String {
        let name = self.type?.parts(at: ":").last.map { String($0) } ?? "error"
        let details = [self.detail] + (self.subproblems ?? []).prefix(3).map(\.detail)
        let text = ([name] + details.compactMap { $0 }).joined(separator: ": ")
        return OutsideText.line(text)
    }
}
