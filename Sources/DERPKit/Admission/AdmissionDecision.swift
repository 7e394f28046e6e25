/// A decision about a client: it may use the relay, or it may not, and why.
public struct AdmissionDecision: Hashable, Sendable {
    /// The reason for a refusal; `nil` if the client is admitted.
    public let refusal: Reason?
    /// The text that the client gets instead of the reason's own; `nil` for the reason's own.
    package let message: String?
    /// Details for the server's log only, such as a file, a URL or an error. One line without secrets.
    public let detail: String
    /// Whether the decision also holds for the client's next logins, for as long as ``lifetime`` or ``AdmissionPolicy``
    /// says. False if nobody could be asked (``allowUnverified(detail:)``), or if this machine was too busy to ask.
    package let isRemembered: Bool
    /// Whether a verifier was asked. False for ``allowUnverified(detail:)`` only.
    package let isVerified: Bool
    /// How long the decision holds for the client's next logins, at most ``AdmissionPolicy/lifetimeLimit``; `nil` for
    /// the time in ``AdmissionPolicy``.
    package let lifetime: Duration?
    /// How fast the client may send. Takes precedence over ``RelayServer/Configuration/rateLimits``, which `nil` leaves
    /// in force.
    package let rate: RateLimits.Rate?

    private init(
        refusal: Reason? = nil,
        message: String? = nil,
        detail: String = "",
        isRemembered: Bool = true,
        isVerified: Bool = true,
        lifetime: Duration? = nil,
        rate: RateLimits.Rate? = nil
    ) {
        self.refusal = refusal
        self.message = message
        self.detail = detail
        self.isRemembered = isRemembered
        self.isVerified = isVerified
        self.lifetime = lifetime
        self.rate = rate
    }

    /// Admits the client.
    public static let allow = Self()

    /// Admits the client with a lifetime and a rate of its own.
    ///
    /// - Parameters:
    ///   - lifetime: How long the decision holds for the client's next logins; `nil` for
    ///     ``AdmissionPolicy/allowLifetime``. Its end doesn't close a connection: see
    ///     ``AdmissionPolicy/reverifyInterval``.
    ///   - rate: How fast each connection of the client may send; `nil` for ``RelayServer/Configuration/rateLimits``.
    ///     Mesh peers have no rate, and no verifier is asked about them.
    public static func allow(lifetime: Duration? = nil, rate: RateLimits.Rate? = nil) -> Self {
        Self(lifetime: lifetime, rate: rate)
    }

    /// Admits the client this time although nobody could be asked about it. The relay logs and counts this.
    ///
    /// - Parameter detail: Why nobody could be asked.
    public static func allowUnverified(detail: String = "") -> Self {
        Self(detail: detail, isRemembered: false, isVerified: false)
    }

    /// Refuses the client.
    ///
    /// - Parameters:
    ///   - reason: The reason, which is counted in the metrics and sent to the client unless there is a `message`.
    ///   - message: The text for the client instead, as the end of a sentence without its full stop: "This relay does
    ///     not admit this client: …". Cut to 256 bytes; control characters become spaces.
    ///   - lifetime: How long the decision holds for the client's next logins; `nil` for
    ///     ``AdmissionPolicy/denyLifetime``.
    ///   - detail: Details for the log.
    public static func deny(
        _ reason: Reason = .denied,
        message: String? = nil,
        lifetime: Duration? = nil,
        detail: String = ""
    ) -> Self {
        Self(
            refusal: reason,
            message: message.map { ClientNotice.cut($0, to: self.messageLimit) },
            detail: detail,
            isRemembered: reason.isRemembered,
            lifetime: lifetime
        )
    }

    /// The largest size of a message, in bytes of UTF-8.
    package static let messageLimit = 256

    /// Whether the client may use the relay.
    public var isAllowed: Bool { self.refusal == nil }

    /// The text that a refused client gets, as the end of a sentence.
    var notice: String? { self.message ?? self.refusal?.description }

    /// Returns what two verifiers decide together: the client is admitted only if both admit it.
    ///
    /// Of two refusals, a verdict takes precedence over a failure to ask. Of two admissions, the shorter lifetime and
    /// the lower rate count.
    package func and(_ other: Self) -> Self {
        guard let refusal = self.refusal else { return other.isAllowed ? self.joined(with: other) : other }
        guard let second = other.refusal, !refusal.isVerdict, second.isVerdict else { return self }
        return other
    }

    /// Returns the decision for a client that both admit.
    private func joined(with other: Self) -> Self {
        Self(
            detail: self.detail.isEmpty ? other.detail : self.detail,
            isRemembered: self.isRemembered && other.isRemembered,
            isVerified: self.isVerified && other.isVerified,
            lifetime: [self.lifetime, other.lifetime].compactMap(\.self).min(),
            rate: [self.rate, other.rate].compactMap(\.self).min { $0.isBelow($1) }
        )
    }
}

extension RateLimits.Rate {
    fileprivate func isBelow(_ other: Self) -> Bool {
        guard !self.isUnlimited, !other.isUnlimited else { return !self.isUnlimited }
        return (self.bytesPerSecond, self.burst) < (other.bytesPerSecond, other.burst)
    }
}
