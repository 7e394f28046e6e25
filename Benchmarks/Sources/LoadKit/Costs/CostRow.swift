/// The cost of a message.
struct CostRow {
    let message: CostMessage
    /// The number of bytes that a connection with this message sends.
    let connectionBytes: Double
    /// The server's processor time for such a connection, in microseconds.
    let connectionCost: Spread
    /// The size of the message alone, in bytes.
    let bytes: Double
    /// The cost beyond that of the row it builds on, in microseconds.
    let cost: Spread
    /// Whether the server refused the message although it could have accepted it.
    let isRefused: Bool

    /// The microseconds for each KiB that is sent; `nil` if nothing is sent.
    var costPerKilobyte: Double? { self.bytes > 0 ? self.cost.median / self.bytes * 1024 : nil }
}
