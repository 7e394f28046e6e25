import CSimulatedSystem
import Stories

// How fast clients may send.
extension Simulation {
    /// A relay reads no more of a client than its rate allows, and not much less.
    func checkRates() throws {
        guard self.story.features.contains(.rates) else { return }
        let previous = self.rate
        self.rate = 200_000
        self.write(.rates)
        // The relays look at the file.
        try self.pass(milliseconds: 14_000)
        let window = 65_536
        let visitors = self.relays.indices.map { self.visit($0, window: window) }
        try self.pass(milliseconds: 1000)
        let nobody = ClientKeys().publicKey
        for visitor in visitors {
            for _ in 0..<40 { visitor.send([UInt8](repeating: 8, count: 65_000), to: nobody) }
        }
        let seconds = 3
        try self.pass(milliseconds: UInt64(seconds) * 1000)
        let total = 40 * (65_000 + 37)
        let allowed = self.rate * (seconds + 1)
        for visitor in visitors where visitor.isLoggedIn {
            let taken = total - visitor.unsentCount
            if taken > allowed + window + 128 << 10 || taken < allowed / 2 {
                self.ledger.violated(
                    "relay \(visitor.relay) took \(taken) bytes in \(seconds) s, where the rate allows \(allowed)"
                )
            }
        }
        self.dismiss(visitors)
        self.rate = previous
        self.write(.rates)
    }
}
