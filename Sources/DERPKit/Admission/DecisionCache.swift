/// Decisions that hold for a while. Bounded: two generations, of which the older one is forgotten whole when the younger
/// one is full, so that a flood of strangers costs nothing but questions.
struct DecisionCache {
    private struct Entry {
        let decision: AdmissionDecision
        let expiry: ContinuousClock.Instant
    }

    private let generationLimit: Int
    private var young: [AdmissionRequest: Entry] = [:]
    private var old: [AdmissionRequest: Entry] = [:]

    /// - Parameter capacity: how many decisions are kept at most, at least 2.
    init(capacity: Int) {
        self.generationLimit = max(capacity / 2, 1)
    }

    /// How many decisions are kept, those that no longer hold among them.
    var count: Int { self.young.count + self.old.count }

    /// The decision that still holds.
    func decision(on request: AdmissionRequest, now: ContinuousClock.Instant) -> AdmissionDecision? {
        guard let entry = self.young[request] ?? self.old[request], now < entry.expiry else { return nil }
        return entry.decision
    }

    /// Remembers a decision for `lifetime`, in place of a former one.
    mutating func store(
        _ decision: AdmissionDecision,
        on request: AdmissionRequest,
        for lifetime: Duration,
        now: ContinuousClock.Instant
    ) {
        self.old[request] = nil
        guard lifetime > .zero else {
            self.young[request] = nil
            return
        }
        if self.young[request] == nil, self.young.count >= self.generationLimit {
            self.old = self.young
            self.young = [:]
        }
        self.young[request] = Entry(decision: decision, expiry: now + lifetime)
    }

    /// Forgets what was decided about `key`, from whichever address it came.
    mutating func forget(_ key: NodePublicKey) {
        // Looked through, as that is done seldom: 65,536 answers take a third of a millisecond.
        for request in self.young.keys.filter({ $0.key == key }) { self.young[request] = nil }
        for request in self.old.keys.filter({ $0.key == key }) { self.old[request] = nil }
    }

    mutating func forgetAll() {
        self.young = [:]
        self.old = [:]
    }
}
