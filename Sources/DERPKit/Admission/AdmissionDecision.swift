/// What a ``ClientVerifier`` says of a client: that it may come in, or why not.
public struct AdmissionDecision: Hashable, Sendable {
    /// Why the client is refused; `nil` when it is admitted.
    public let refusal: Reason?
    /// More about the refusal, for the server's log only: which file, which URL, what went wrong. One line, no secret.
    public let detail: String

    private init(refusal: Reason?, detail: String) {
        self.refusal = refusal
        self.detail = detail
    }

    /// The client may use the relay.
    public static let allow = Self(refusal: nil, detail: "")

    /// The client may not use the relay.
    ///
    /// - Parameters:
    ///   - reason: is told to the client, and counted in the metrics.
    ///   - detail: is logged.
    public static func deny(_ reason: Reason, detail: String = "") -> Self {
        Self(refusal: reason, detail: detail)
    }

    /// Whether the client may use the relay.
    public var isAllowed: Bool { self.refusal == nil }

    /// What two verifiers say together: both must agree, and of two refusals a verdict outweighs a failure to reach one.
    public func and(_ other: Self) -> Self {
        guard let refusal = self.refusal else { return other }
        guard let second = other.refusal, !refusal.isVerdict, second.isVerdict else { return self }
        return other
    }
}
