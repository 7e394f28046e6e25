import AsyncSockets
import Synchronization

/// Decides about clients as an ``AdmissionPolicy`` says: by the lists, then by remembered answers, then by asking the
/// verifiers. Runs outside the event loops, so that only the client in question waits.
actor Gatekeeper {
    private let policy: AdmissionPolicy
    private let now: @Sendable () -> ContinuousClock.Instant
    private var cache: DecisionCache
    private var inquiries: [AdmissionRequest: Inquiry] = [:]
    private var lastInquiry: UInt64 = 0
    /// The clients with open questions, by address.
    private var shares = AddressShares<AdmissionRequest>()
    /// How many questions are unanswered. A question counts even if no client waits for it any more, because a verifier
    /// may go on after the time limit.
    private(set) var pendingCount = 0
    private nonisolated let forgettings = Atomic(0)

    /// An open question about one client. Logins of the same key from the same address share it.
    private struct Inquiry {
        let id: UInt64
        let share: AddressShares<AdmissionRequest>.ID
        var decision = AdmissionDecision.allow
        /// How long to remember the decision.
        var lifetime: Duration?
        /// How many verifiers have not answered yet.
        var missing: Int
        var tasks: [Task<Void, Never>] = []
        var waiters: [CheckedContinuation<AdmissionDecision, Never>] = []
    }

    /// Makes a gatekeeper.
    ///
    /// - Parameter now: The clock by which answers expire.
    init(_ policy: AdmissionPolicy, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.policy = policy
        self.now = now
        self.cache = DecisionCache(capacity: policy.capacity)
    }

    /// Returns a decision within the policy's time limit.
    ///
    /// - Parameter afresh: Whether to ask even if an answer is remembered.
    func decide(on request: AdmissionRequest, afresh: Bool = false) async -> AdmissionDecision {
        if let lists = self.policy.lists {
            let decision = lists.decision(on: request.key)
            guard decision.isAllowed else { return decision }
        }
        guard !self.policy.verifiers.isEmpty else { return .allow }
        if !afresh, let decision = self.cache.decision(on: request, now: self.now()) { return decision }
        if self.inquiries[request] == nil {
            let isFull = self.pendingCount + self.policy.verifiers.count > self.policy.pendingLimit
            guard !isFull || self.makeRoom(for: request) else {
                return .deny(.busy, detail: "\(self.pendingCount) questions are unanswered")
            }
            self.inquire(request)
        }
        return await withCheckedContinuation { self.inquiries[request]?.waiters.append($0) }
    }

    /// Refuses another client to make room, and returns whether it did.
    ///
    /// The client is the one that has waited longest at the address with the most open questions, if these are more
    /// than the address of `request` would then have. Its questions stay unanswered, so there may be up to twice as
    /// many questions as the limit.
    private func makeRoom(for request: AdmissionRequest) -> Bool {
        guard self.pendingCount + self.policy.verifiers.count <= 2 * self.policy.pendingLimit,
            let (oldest, count) = self.shares.greediest, count > self.shares.count(of: request.source.block) + 1,
            let other = self.shares.occupant(of: oldest)
        else { return false }
        self.inquiries[other]?.decision = .deny(.busy, detail: "its address has \(count) questions unanswered")
        self.settle(other)
        return true
    }

    private func inquire(_ request: AdmissionRequest) {
        self.lastInquiry += 1
        let id = self.lastInquiry
        self.pendingCount += self.policy.verifiers.count
        let share = self.shares.enter(request, of: request.source.block)
        var inquiry = Inquiry(id: id, share: share, missing: self.policy.verifiers.count)
        let trace = TraceContext.current
        inquiry.tasks = self.policy.verifiers.map { verifier in
            Task.detached {
                let decision = await trace.run { await verifier.decide(on: request) }
                await self.answered(decision, to: id, on: request)
            }
        }
        let limit = self.policy.timeLimit
        inquiry.tasks.append(
            Task.detached {
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                await self.timeIsUp(for: id, on: request)
            }
        )
        self.inquiries[request] = inquiry
    }

    private func answered(_ decision: AdmissionDecision, to id: UInt64, on request: AdmissionRequest) {
        self.pendingCount -= 1
        guard var inquiry = self.inquiries[request], inquiry.id == id else { return }
        inquiry.missing -= 1
        inquiry.decision = inquiry.decision.and(decision)
        let lifetime = self.policy.lifetime(of: decision)
        inquiry.lifetime = min(inquiry.lifetime ?? lifetime, lifetime)
        self.inquiries[request] = inquiry
        // A verdict against the client is final, whatever the other verifiers say.
        if inquiry.missing == 0 || inquiry.decision.refusal?.isVerdict == true { self.settle(request) }
    }

    private func timeIsUp(for id: UInt64, on request: AdmissionRequest) {
        guard let inquiry = self.inquiries[request], inquiry.id == id else { return }
        self.inquiries[request]?.decision = inquiry.decision.and(
            .deny(.timeout, detail: "no answer within \(self.policy.timeLimit.text)")
        )
        self.inquiries[request]?.lifetime = self.policy.denyLifetime
        self.settle(request)
    }

    private func settle(_ request: AdmissionRequest) {
        guard let inquiry = self.inquiries.removeValue(forKey: request) else { return }
        self.shares.leave(inquiry.share)
        if inquiry.decision.isRemembered, !self.isAnswered(request, insteadOf: inquiry.decision) {
            let lifetime = inquiry.lifetime ?? self.policy.lifetime(of: inquiry.decision)
            self.cache.store(inquiry.decision, on: request, for: lifetime, now: self.now())
        }
        inquiry.tasks.forEach { $0.cancel() }
        inquiry.waiters.forEach { $0.resume(returning: inquiry.decision) }
    }
}

extension Gatekeeper {
    /// Returns whether `decision` was made without an answer, and a remembered answer still holds: it does until it
    /// expires, whoever is silent meanwhile.
    private func isAnswered(_ request: AdmissionRequest, insteadOf decision: AdmissionDecision) -> Bool {
        guard let refusal = decision.refusal, !refusal.isVerdict else { return false }
        return self.cache.decision(on: request, now: self.now()) != nil
    }
}

// MARK: Forgetting

extension Gatekeeper {
    /// How often answers were dropped. A client that was admitted while this number changed may have been admitted by
    /// an answer that no longer holds.
    nonisolated var forgettingCount: Int { self.forgettings.load(ordering: .acquiring) }

    /// Drops the answers about `key`, or all answers if `key` is `nil`. Open questions are asked again, and answers to
    /// the first ones are ignored.
    func forget(_ key: NodePublicKey?) {
        self.forgettings.add(1, ordering: .acquiringAndReleasing)
        if let key { self.cache.forget(key) } else { self.cache.forgetAll() }
        for request in Array(self.inquiries.keys) where key == nil || request.key == key { self.askAgain(request) }
    }

    private func askAgain(_ request: AdmissionRequest) {
        // The previous questions are still unanswered.
        guard self.pendingCount + self.policy.verifiers.count <= 2 * self.policy.pendingLimit else {
            self.inquiries[request]?.decision = .deny(.busy, detail: "\(self.pendingCount) questions are unanswered")
            return self.settle(request)
        }
        guard let previous = self.inquiries.removeValue(forKey: request) else { return }
        self.shares.leave(previous.share)
        previous.tasks.forEach { $0.cancel() }
        self.inquire(request)
        self.inquiries[request]?.waiters = previous.waiters
    }
}
