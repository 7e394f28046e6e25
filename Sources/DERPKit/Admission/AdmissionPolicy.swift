/// Which lists and verifiers decide about clients, and within which limits. By default there are none, and every client
/// is admitted.
///
/// All of them must agree: one refusal is enough. ``lists`` always come first. Then all ``verifiers`` are asked at
/// once.
public struct AdmissionPolicy: Sendable {
    /// Lists of keys. They also answer other relays that ask at `/verify`.
    public var lists: KeyLists?
    /// The verifiers. Their answers are remembered.
    public var verifiers: [any ClientVerifier] = []
    /// How long all ``verifiers`` together may take before the client is refused. More than zero. The deadline of the
    /// handshake is another limit.
    public var timeLimit: Duration = .seconds(8)
    /// How long the relay remembers that ``verifiers`` admitted a client. Zero: not at all.
    public var allowLifetime: Duration = .seconds(60)
    /// How long the relay remembers that ``verifiers`` refused a client. Zero: not at all.
    public var denyLifetime: Duration = .seconds(5)
    /// The limit of the lifetime that an answer itself may set (``AdmissionDecision/allow(lifetime:rate:)``). Zero: such answers are
    /// not remembered.
    public var lifetimeLimit: Duration = .seconds(3600)
    /// How many answers are remembered, at least 2. Each takes about 250 bytes, and up to 256 more for a message. The
    /// oldest are dropped first.
    package var capacity = 65_536
    /// How many questions to ``verifiers`` may be unanswered at a time, at least one for each verifier. Further clients
    /// are refused as ``AdmissionDecision/Reason/busy``.
    public var pendingLimit = 1024
    /// How often the verifiers are asked again about a connected client; `nil`: never. Up to a tenth is added at
    /// random. A verdict against the client closes its connection.
    public var reverifyInterval: Duration?

    /// Makes a policy that admits every client and asks nobody.
    public init() {}

    /// Whether every client is admitted, because there are neither lists nor verifiers.
    package var isOpen: Bool { self.lists == nil && self.verifiers.isEmpty }
}

extension AdmissionPolicy {
    /// Returns how long to remember one verifier's answer.
    func lifetime(of decision: AdmissionDecision) -> Duration {
        guard let lifetime = decision.lifetime else {
            return decision.isAllowed ? self.allowLifetime : self.denyLifetime
        }
        return min(max(lifetime, .zero), self.lifetimeLimit)
    }

    /// Checks that the settings are in range.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for the first setting that is out of range.
    func validate() throws(DERPError) {
        try Self.require(self.timeLimit > .zero, "the time limit of admission is not more than zero")
        try Self.require(self.allowLifetime >= .zero, "the lifetime of admissions is less than zero")
        try Self.require(self.denyLifetime >= .zero, "the lifetime of refusals is less than zero")
        try Self.require(self.lifetimeLimit >= .zero, "the longest lifetime of answers about clients is less than zero")
        try Self.require(self.capacity >= 2, "the number of remembered answers is less than two")
        try Self.require(
            self.pendingLimit >= max(self.verifiers.count, 1),
            "the limit of pending questions is less than the number of verifiers"
        )
        try Self.require(
            self.reverifyInterval.map { $0 > .zero } ?? true,
            "the reverification interval is not more than zero"
        )
    }

    private static func require(_ condition: Bool, _ message: String) throws(DERPError) {
        guard condition else { throw DERPError(.invalidConfiguration, message) }
    }
}
