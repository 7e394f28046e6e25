/// What a message costs.
struct CostRow {
    let message: CostMessage
    /// Bytes that a connection with it sends.
    let connectionBytes: Double
    /// Processor time of the server for such a connection, in microseconds.
    let connectionCost: Spread
    /// Bytes of the message alone.
    let bytes: Double
    /// What it costs beyond what it goes on from, in microseconds.
    let cost: Spread
    /// Whether the server refused it, where it could have gone along.
    let isRefused: Bool

    /// Microseconds for each KiB that is sent; `nil` when nothing is.
    var costPerKilobyte: Double? { self.bytes > 0 ? self.cost.median / self.bytes * 1024 : nil }
}
