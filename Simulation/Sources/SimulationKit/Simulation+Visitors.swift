import CSimulatedSystem

// What visitors see of relays where nothing is broken.
extension Simulation {
    func checkVisitors() throws {
        // Threads get a processor when they need one, so that what must come is in time.
        Self.setFaults(perMillion: 0, pauses: 0)
        defer { Self.setFaults(perMillion: 0) }
        try self.checkIntruders()
        try self.checkFrames()
        try self.checkPings()
        try self.checkDepartures()
        try self.checkQueues()
        try self.checkRates()
    }

    func visit(
        _ relay: Int,
        as keys: ClientKeys? = nil,
        window: Int = 65_536,
        json: String? = #"{"version":2,"CanAckPings":true}"#,
        greeted: @escaping (Visitor) -> Void = { _ in }
    ) -> Visitor {
        let visitor = Visitor(to: self.relays[relay], as: keys, window: window, json: json, greeted: greeted)
        self.others[visitor.number] = visitor
        return visitor
    }

    func pass(milliseconds: UInt64) throws { try self.pass(until: csim_now() + milliseconds * 1_000_000) }

    /// Notes who couldn't log in, and has all of them leave.
    func dismiss(_ visitors: [Visitor]) {
        for visitor in visitors {
            if !visitor.isLoggedIn { self.ledger.violated("a visitor couldn't log in to relay \(visitor.relay)") }
            visitor.close()
        }
    }
}
