/// The steps from an order to a certificate, without IO. Takes what the server said, and returns what to do next.
struct ACMEIssuance {
    /// What to do. Report the result with the named method.
    enum Step: Hashable {
        /// Ask for the authorization at this URL after a pause: ``take(_:)-authorization``.
        case authorization(String, pause: Duration)
        /// Show the answer to the challenge, and tell the server at the challenge's URL that it may check it:
        /// ``challengeAccepted()``.
        case answer(ACMEChallengeType, token: String, url: String)
        /// Ask for the order after a pause: ``take(_:)-order``.
        case order(pause: Duration)
        /// Send the signing request to this URL: ``take(_:)-order``.
        case finalize(String)
        /// Fetch the certificate's chain from this URL. This is the last step.
        case download(String)
    }

    private enum State: Hashable {
        case ordered
        /// The remaining authorizations; the first of them is current.
        case authorizing([String])
        /// The first authorization's challenge is being answered.
        case answering([String])
        case authorized
        case finalizing
        case ended
    }

    /// The kinds of challenge that this server can answer, the best first.
    private let types: [ACMEChallengeType]
    private var state = State.ordered
    private var polls = 0

    /// The number of times that the server may be asked whether it is done.
    static let maximumPolls = 60
    /// The maximum number of authorizations in an order for one name.
    static let maximumAuthorizations = 10

    init(types: [ACMEChallengeType]) { self.types = types }

    /// Processes the order after it was made, finalized, or fetched.
    mutating func take(_ order: ACMEOrder, retryAfter: Duration? = nil) throws(ACMEFailure) -> Step {
        switch (order.status, self.state) {
        case (.invalid, _):
            throw ACMEFailure("the order was refused: \(order.error?.description ?? "no reason given")")
        case (.pending, .ordered):
            guard (1...Self.maximumAuthorizations).contains(order.authorizations.count) else {
                throw ACMEFailure("the order has \(order.authorizations.count) authorizations")
            }
            return self.begin(order.authorizations)
        case (.ready, .ordered), (.ready, .authorized):
            self.state = .finalizing
            self.polls = 0
            return .finalize(order.finalize)
        // Also if it is ready: a server may take its time to notice that it was finalized.
        case (.ready, .finalizing), (.processing, _), (.pending, .authorized):
            return .order(pause: try self.pause(retryAfter))
        case (.valid, .finalizing):
            guard let url = order.certificate else { throw ACMEFailure("the order names no certificate") }
            self.state = .ended
            return .download(url)
        case (.pending, _), (.ready, _), (.valid, _):
            throw ACMEFailure("the order is \(order.status.rawValue) at the wrong time")
        }
    }

    /// Processes the authorization that was fetched.
    mutating func take(_ authorization: ACMEAuthorization, retryAfter: Duration? = nil) throws(ACMEFailure) -> Step {
        switch (authorization.status, self.state) {
        case (.valid, .authorizing(let urls)), (.valid, .answering(let urls)):
            return self.begin(Array(urls.dropFirst()))
        case (.pending, .authorizing(let urls)):
            let (type, challenge, token) = try self.choose(from: authorization)
            self.state = .answering(urls)
            return .answer(type, token: token, url: challenge.url)
        case (.pending, .answering(let urls)):
            return .authorization(urls[0], pause: try self.pause(retryAfter))
        default:
            let reason =
                authorization.challenges.compactMap(\.error).first?.description ?? authorization.status.rawValue
            throw ACMEFailure("\(authorization.identifier.value) could not be validated: \(reason)")
        }
    }

    /// Records that the server was told that it may check the answer.
    mutating func challengeAccepted() throws(ACMEFailure) -> Step {
        guard case .answering(let urls) = self.state else { throw ACMEFailure("no challenge was answered") }
        return .authorization(urls[0], pause: try self.pause(nil))
    }

    private mutating func begin(_ urls: [String]) -> Step {
        self.polls = 0
        guard let first = urls.first else {
            self.state = .authorized
            return .order(pause: .zero)
        }
        self.state = .authorizing(urls)
        return .authorization(first, pause: .zero)
    }

    private func choose(
        from authorization: ACMEAuthorization
    ) throws(ACMEFailure) -> (ACMEChallengeType, ACMEAuthorization.Challenge, token: String) {
        for type in self.types {
            guard let challenge = authorization.challenges.first(where: { $0.type == type.kind.rawValue }) else {
                continue
            }
            // RFC 8555 §8.1: base64url. It becomes part of a path and of a file's content.
            guard let token = challenge.token, Base64URL.isToken(token, limit: 256) else {
                throw ACMEFailure("the server's challenge has no usable token")
            }
            return (type, challenge, token)
        }
        let types = self.types.map(\.description).joined(separator: " or ")
        throw ACMEFailure("the server offers no challenge that can be answered here (\(types))")
    }

    /// How long to wait before asking again: as the server says, otherwise 0.25 s, doubling up to 4 s.
    private mutating func pause(_ retryAfter: Duration?) throws(ACMEFailure) -> Duration {
        self.polls += 1
        guard self.polls <= Self.maximumPolls else { throw ACMEFailure("the server doesn't finish the order") }
        return retryAfter.map { min($0, .seconds(30)) } ?? .milliseconds(250 << min(self.polls - 1, 4))
    }
}
