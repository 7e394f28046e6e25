/// Who is asked about clients, and within which limits. By default nobody is, and everybody is admitted.
///
/// All who are on must agree, and a refusal by one wins. ``lists`` are looked at first, and always; only then are
/// ``verifiers`` asked, all of them at once.
public struct AdmissionPolicy: Sendable {
    /// Lists of keys, which are at hand. They also answer other relays that ask at `/verify`.
    public var lists: KeyLists?
    /// Others to ask, whose answers are remembered.
    public var verifiers: [any ClientVerifier] = []
    /// How long ``verifiers`` may take in all before the client is refused. More than zero; the handshake's deadline
    /// bounds it too.
    public var timeLimit: Duration = .seconds(8)
    /// How long a client that ``verifiers`` admitted is admitted unasked. Zero: not at all.
    public var allowLifetime: Duration = .seconds(60)
    /// How long a client that they refused is refused unasked. Zero: not at all.
    public var denyLifetime: Duration = .seconds(5)
    /// How long an answer is remembered at most that says itself how long it holds (``AdmissionDecision/lifetime``). Zero: not at all.
    public var lifetimeLimit: Duration = .seconds(3600)
    /// How many answers are remembered, of about 250 bytes each, and up to 256 more for a message. At least 2; the oldest are forgotten.
    public var capacity = 65_536
    /// How many questions to ``verifiers`` may be unanswered at one time, at least one for each of them. Clients beyond
    /// are refused as ``AdmissionDecision/Reason/busy``.
    public var pendingLimit = 1024
    /// How long after its login a client is asked about again, and then ever again; up to a tenth is added at random.
    /// It is closed when the answer is a verdict against it. `nil`: never.
    public var reverifyInterval: Duration?

    /// A policy that asks nobody, and admits every client.
    public init() {}

    /// Whether every client is admitted, because nothing says who is.
    package var isOpen: Bool { self.lists == nil && self.verifiers.isEmpty }
}

extension AdmissionPolicy {
    /// How long the answer of one verifier is remembered.
    func lifetime(of decision: AdmissionDecision) -> Duration {
        guard let lifetime = decision.lifetime else {
            return decision.isAllowed ? self.allowLifetime : self.denyLifetime
        }
        return min(max(lifetime, .zero), self.lifetimeLimit)
    }

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
