import TestSupport

/// A moment by which something must have happened.
struct Deadline: Sendable {
    /// How long an answer that should come at once may take on a busy machine.
    static let answer: Duration = .seconds(15) * Sanitizer.slowness

    private let instant: ContinuousClock.Instant

    init(in duration: Duration) {
        self.instant = .now + duration
    }

    var hasPassed: Bool { self.instant <= .now }

    /// What is left, in whole milliseconds, rounded up; 0 when the moment has passed.
    var milliseconds: Int32 {
        let left = self.instant - .now
        guard left > .zero else { return 0 }
        return Int32(clamping: Int64(left / .milliseconds(1)) + 1)
    }
}
