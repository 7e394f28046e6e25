extension IOLoop {
    /// How a loop waits for input when it has nothing left to do.
    public struct Waiting: Hashable, Sendable {
        /// The maximum part of any second in which the loop polls before it sleeps, 0…1. Polling gets an answer out sooner,
        /// because a processor that sleeps wakes up slowly. It takes time from others on the same processor.
        public var pollShare = 0.1
        /// The maximum time that a busy loop pauses, so that input gathers and is handled together. Zero: it never pauses.
        public var gatherTime: Duration = .microseconds(60)

        public init() {}
    }
}
