import Synchronization

/// Says which refusals are logged, so that clients that come again and again don't fill the log: of each reason a few at once,
/// and then one every ten seconds. Bounded by the number of reasons.
final class RefusalLog: Sendable {
    private struct Entry {
        var limiter = EventLimiter(burst: 10, interval: 10_000_000_000)
        var leftOut = 0
    }

    private let entries = Mutex([Entry](repeating: Entry(), count: AdmissionDecision.Reason.Kind.allCases.count))

    /// Whether a refusal at `now` is logged.
    ///
    /// - Returns: how many of the same reason were left out before; `nil` when this one is left out.
    func take(_ kind: AdmissionDecision.Reason.Kind, now: UInt64) -> Int? {
        self.entries.withLock { entries in
            guard entries[kind.rawValue].limiter.take(now: now) else {
                entries[kind.rawValue].leftOut += 1
                return nil
            }
            defer { entries[kind.rawValue].leftOut = 0 }
            return entries[kind.rawValue].leftOut
        }
    }
}
