import AsyncSockets

extension IOLoop.Waiting {
    init(_ given: GivenFlags<GeneralFlags>) throws(UsageError) {
        self.init()
        self.pollShare = Double(try given.pollShare) / 100
        self.gatherTime = try given.gatherTime
    }
}
