/// What a ``ClientVerifier`` says of a client: that it may come in, or why not.
public struct AdmissionDecision: Hashable, Sendable {
    /// Why the client is refused; `nil` when it is admitted.
    public let refusal: Reason?
    /// More about the refusal, for the server's log only: which file, which URL, what went wrong. One line, no secret.
    public let detail: String
    /// Whether it holds for the client's next logins too, for as long as ``AdmissionPolicy`` says: not when it was made because
    /// nobody could be asked (``allowUnverified(detail:)``), nor when this machine was too busy to ask.
    public let isRemembered: Bool

    private init(refusal: Reason?, detail: String, isRemembered: Bool) {
        self.refusal = refusal
        self.detail = detail
        self.isRemembered = isRemembered
    }

    /// The client may use the relay.
    public static let allow = Self(refusal: nil, detail: "", isRemembered: true)

    /// The client may use the relay this time, as nobody could be asked about it and that is to keep no client out.
    ///
    /// - Parameter detail: why nobody could be asked.
    public static func allowUnverified(detail: String = "") -> Self {
        Self(refusal: nil, detail: detail, isRemembered: false)
    }

    /// The client may not use the relay.
    ///
    /// - Parameters:
    ///   - reason: is told to the client, and counted in the metrics.
    ///   - detail: is logged.
    public static func deny(_ reason: Reason, detail: String = "") -> Self {
        Self(refusal: reason, detail: detail, isRemembered: reason.isRemembered)
    }

    /// Whether the client may use the relay.
    public var isAllowed: Bool { self.refusal == nil }

    /// What two verifiers say together: both must agree, and of two refusals a verdict outweighs a failure to reach one.
    public func and(_ other: Self) -> Self {
        guard let refusal = self.refusal else { return other.isAllowed && !self.isRemembered ? self : other }
        guard let second = other.refusal, !refusal.isVerdict, second.isVerdict else { return self }
        return other
    }
}
