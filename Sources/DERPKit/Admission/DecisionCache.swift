/// Decisions that hold for a while. The cache has two generations: when the younger one is full, the older one is
/// dropped as a whole. So a flood of unknown clients only causes more questions.
struct DecisionCache {
    private struct Entry {
        let decision: AdmissionDecision
        let expiry: ContinuousClock.Instant
    }

    private let generationLimit: Int
    private var young: [AdmissionRequest: Entry] = [:]
    private var old: [AdmissionRequest: Entry] = [:]

    /// Makes an empty cache.
    ///
    /// - Parameter capacity: How many decisions are kept at most. At least 2.
    init(capacity: Int) {
        self.generationLimit = max(capacity / 2, 1)
    }

    /// How many decisions are kept, including expired ones.
    var count: Int { self.young.count + self.old.count }

    /// Returns the decision if there is one that still holds.
    func decision(on request: AdmissionRequest, now: ContinuousClock.Instant) -> AdmissionDecision? {
        guard let entry = self.young[request] ?? self.old[request], now < entry.expiry else { return nil }
        return entry.decision
    }

    /// Stores a decision for `lifetime` and replaces the previous one.
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

    /// Removes the decisions about `key`, from all addresses.
    mutating func forget(_ key: NodePublicKey) {
        // A linear search, because this is rare: 65,536 answers take a third of a millisecond.
        for request in self.young.keys.filter({ $0.key == key }) { self.young[request] = nil }
        for request in self.old.keys.filter({ $0.key == key }) { self.old[request] = nil }
    }

    mutating func forgetAll() {
        self.young = [:]
        self.old = [:]
    }
}
