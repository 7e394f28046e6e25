/// What a ``ClientVerifier`` says about a client: that it may use the relay, or why not.
public struct AdmissionDecision: Hashable, Sendable {
    /// Why the client is refused; `nil` when it is admitted.
    public let refusal: Reason?
    /// What the client is told in place of the reason's own words; `nil`: those.
    public let message: String?
    /// More about the decision, for the server's log only: which file, which URL, what went wrong. One line, no secret.
    public let detail: String
    /// Whether it holds for the client's next logins too, for as long as ``lifetime`` or ``AdmissionPolicy`` says: not when it was
    /// made because nobody could be asked (``allowUnverified(detail:)``), nor when this machine was too busy to ask.
    public let isRemembered: Bool
    /// Whether somebody was asked. False for ``allowUnverified(detail:)`` only.
    public let isVerified: Bool
    /// How long it holds for the client's next logins; `nil`: as long as ``AdmissionPolicy`` says. Never longer than
    /// ``AdmissionPolicy/lifetimeLimit``.
    public let lifetime: Duration?
    /// How fast the client may send, whatever ``RelayServer/Configuration/rateLimits`` says; `nil`: as fast as these say.
    public let rate: RateLimits.Rate?

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

    /// The client may use the relay.
    public static let allow = Self()

    /// The client may use the relay, with terms of its own.
    ///
    /// - Parameters:
    ///   - lifetime: how long this holds for the client's next logins; `nil`: ``AdmissionPolicy/allowLifetime``. It closes no client
    ///     that is connected: ``AdmissionPolicy/reverifyInterval`` does.
    ///   - rate: how fast each connection of the client may send; `nil`: as ``RelayServer/Configuration/rateLimits`` says. Mesh peers have
    ///     no rate, and are not asked about.
    public static func allow(lifetime: Duration? = nil, rate: RateLimits.Rate? = nil) -> Self {
        Self(lifetime: lifetime, rate: rate)
    }

    /// The client may use the relay this time, as nobody could be asked about it and that is to keep no client out. The relay logs and
    /// counts it.
    ///
    /// - Parameter detail: why nobody could be asked.
    public static func allowUnverified(detail: String = "") -> Self {
        Self(detail: detail, isRemembered: false, isVerified: false)
    }

    /// The client may not use the relay.
    ///
    /// - Parameters:
    ///   - reason: is counted in the metrics, and told to the client unless `message` is.
    ///   - message: is told to the client instead, as the end of a sentence without its full stop: "This relay does not admit this
    ///     client: …". Cut to ``messageLimit`` bytes; control characters become spaces.
    ///   - lifetime: how long this holds for the client's next logins; `nil`: ``AdmissionPolicy/denyLifetime``.
    ///   - detail: is logged.
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

    /// How long a message may be, in bytes of UTF-8.
    public static let messageLimit = 256

    /// Whether the client may use the relay.
    public var isAllowed: Bool { self.refusal == nil }

    /// What the client is told when it is refused, as the end of a sentence.
    var notice: String? { self.message ?? self.refusal?.description }

    /// What two verifiers say together: both must agree, and of two refusals a verdict outweighs a failure to reach one. Of two
    /// that admit the client, the shorter lifetime and the lower rate count.
    public func and(_ other: Self) -> Self {
        guard let refusal = self.refusal else { return other.isAllowed ? self.joined(with: other) : other }
        guard let second = other.refusal, !refusal.isVerdict, second.isVerdict else { return self }
        return other
    }

    /// Both admit the client.
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
