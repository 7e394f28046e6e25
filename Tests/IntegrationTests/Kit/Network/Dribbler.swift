/// Writes a byte every half second, until the other side has enough of it.
struct Dribbler {
    private let connection: Connection
    private let bytes: [UInt8]

    init(_ connection: Connection, _ bytes: [UInt8]) {
        self.connection = connection
        self.bytes = bytes
    }

    /// How long after `start` the other side closed. Throws if it did not in time.
    func runUntilClosed(within limit: Duration, since start: ContinuousClock.Instant) throws -> Duration {
        let deadline = Deadline(in: limit)
        for byte in self.bytes where !deadline.hasPassed {
            do {
                try self.connection.write([byte])
                _ = try self.connection.readToEnd(within: .milliseconds(500))
                return ContinuousClock.now - start
            } catch KitError.timedOut {
                continue
            } catch KitError.closed {
                return ContinuousClock.now - start
            }
        }
        throw KitError.timedOut("the server takes all that dribbles in")
    }
}
