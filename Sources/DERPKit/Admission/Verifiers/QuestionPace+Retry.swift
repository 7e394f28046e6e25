extension QuestionPace {
    /// Asks when its turn comes. If this machine has no file, memory or port left to ask with, it asks again. It tries
    /// for 2.5 s, because other connections often give them back soon.
    ///
    /// - Throws: ``DERPError``: the error of `ask`, or `cancelled`.
    func asking<Answer: Sendable>(
        _ ask: @Sendable () async throws(DERPError) -> Answer
    ) async throws(DERPError) -> Answer {
        let end = ContinuousClock.now + self.patience
        while true {
            let result = await self.inTurn { await Result.awaiting { () throws(DERPError) in try await ask() } }
            guard let result else { throw DERPError(.cancelled, "the question was given up") }
            if case .failure(let error) = result, error.code == .exhausted, ContinuousClock.now < end,
                (try? await Task.sleep(for: Self.pause * Double.random(in: 0.5...1.5))) != nil
            {
                continue
            }
            return try result.get()
        }
    }

    private static let pause: Duration = .milliseconds(100)
}
