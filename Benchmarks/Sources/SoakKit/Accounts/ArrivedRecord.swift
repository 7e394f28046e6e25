/// What arrived of the packets that a flow sent on one of its sender's connections.
struct ArrivedRecord: Hashable, Sendable {
    /// What arrived on one of the receiver's connections, without the numbers that are missing in between.
    struct Run: Hashable, Sendable {
        /// The number of the receiver's connection.
        let connection: UInt32
        let first: UInt32
        var last: UInt32
        var count: UInt32

        /// How many packets are missing between others that arrived on the same connection.
        var missing: UInt32 { self.last - self.first + 1 - self.count }
    }

    /// In the order of arrival, which is that of the numbers too.
    private(set) var runs: [Run] = []
    private(set) var received: UInt32 = 0

    /// Notes a packet. Returns false if it, or a later one, has arrived before.
    mutating func note(_ place: UInt32, on connection: UInt32) -> Bool {
        guard var run = self.runs.last else {
            self.begin(place, connection)
            return true
        }
        guard place > run.last else { return false }
        guard run.connection == connection else {
            self.begin(place, connection)
            return true
        }
        run.last = place
        run.count += 1
        self.runs[self.runs.count - 1] = run
        self.received += 1
        return true
    }

    private mutating func begin(_ place: UInt32, _ connection: UInt32) {
        self.runs.append(Run(connection: connection, first: place, last: place, count: 1))
        self.received += 1
    }
}
