/// What a flow sent on one of its sender's connections.
struct SentRecord: Hashable, Sendable {
    /// How many packets were handed over to the connection.
    var written: UInt32 = 0
    /// How many of them the server has read for certain: it answered a ping that was sent after them.
    var confirmed: UInt32 = 0
    /// Whether the connection has ended.
    var hasEnded = false

    /// How many packets may have been lost because the connection ended.
    var unconfirmed: UInt32 { self.hasEnded ? self.written - self.confirmed : 0 }
}
