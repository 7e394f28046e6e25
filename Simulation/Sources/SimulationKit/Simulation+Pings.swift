// A Ping is answered with its own bytes, and one Pong waits at a time.
extension Simulation {
    func checkPings() throws {
        try self.checkPongs()
        try self.checkUnreadPongs()
    }

    private static func data(_ number: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number &* 37 &+ $0) } }

    private func checkPongs() throws {
        let visitors = self.relays.indices.map { self.visit($0) { $0.send(WireFrame(.ping, Self.data(0))) } }
        try self.pass(milliseconds: 1000)
        for visitor in visitors { visitor.send(WireFrame(.ping, Self.data(1) + [UInt8](repeating: 5, count: 992))) }
        try self.pass(milliseconds: 1000)
        for visitor in visitors {
            for number in 2..<40 { visitor.send(WireFrame(.ping, Self.data(number))) }
        }
        try self.pass(milliseconds: 1000)
        for visitor in visitors {
            let pongs = visitor.frames(of: .pong).map(\.payload)
            let numbers = pongs.map { pong in (0..<40).first { Self.data($0) == pong } ?? -1 }
            if !numbers.starts(with: [0, 1, 2]) || zip(numbers, numbers.dropFirst()).contains(where: { $0 >= $1 }) {
                self.ledger.violated("relay \(visitor.relay) answered the pings 0 to 39 with \(numbers)")
            }
        }
        self.dismiss(visitors)
    }

    /// Whoever doesn't read gets no more Pongs than the network takes, and one more.
    private func checkUnreadPongs() throws {
        let (window, size) = (4096, 13)
        let visitors = self.relays.indices.map { relay in
            self.visit(relay, window: window) { visitor in
                visitor.isDeaf = true
                for number in 0..<2000 { visitor.send(WireFrame(.ping, Self.data(number))) }
            }
        }
        try self.pass(milliseconds: 1500)
        for visitor in visitors {
            visitor.isDeaf = false
            visitor.readable()
        }
        try self.pass(milliseconds: 1000)
        for visitor in visitors {
            let count = visitor.frames(of: .pong).count
            // One may be cut, and while one waits another is being sent.
            if visitor.isLoggedIn, count == 0 || count > window / size + 3 {
                self.ledger.violated("relay \(visitor.relay) sent \(count) pongs to somebody who didn't read")
            }
        }
        self.dismiss(visitors)
    }
}
