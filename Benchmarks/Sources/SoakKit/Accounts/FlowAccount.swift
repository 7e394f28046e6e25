/// What became of a flow's packets, as far as its two ends can know.
struct FlowAccount: Hashable, Sendable {
    var written: UInt64 = 0
    var received: UInt64 = 0
    /// Missing packets that no ended connection can explain, so a server must have dropped them.
    var surelyDropped: UInt64 = 0
    /// Missing packets that may have been lost because a connection ended, or dropped.
    var unexplained: UInt64 = 0
    /// Packets that arrived although they were never sent.
    var invented: UInt64 = 0

    var missing: UInt64 { self.surelyDropped + self.unexplained }

    static func += (left: inout Self, right: Self) {
        left.written += right.written
        left.received += right.received
        left.surelyDropped += right.surelyDropped
        left.unexplained += right.unexplained
        left.invented += right.invented
    }

    init() {}

    /// Compares what one of the sender's connections sent with what arrived.
    ///
    /// A missing packet was dropped for certain if later ones arrived on the same connection of the receiver. So it was
    /// if nothing arrived later, the server has read it, and the receiver's connection, on which earlier ones arrived,
    /// is still there.
    ///
    /// - Parameter openConnection: The number of the receiver's connection, if it has one, and nothing is on its way.
    init(_ sent: SentRecord, _ arrived: ArrivedRecord, openConnection: UInt32?) {
        self.written = UInt64(sent.written)
        self.received = UInt64(arrived.received)
        guard let last = arrived.runs.last else {
            self.unexplained = self.written
            return
        }
        guard last.last < sent.written else {
            self.invented = 1
            return
        }
        self.surelyDropped = arrived.runs.reduce(0) { $0 + UInt64($1.missing) }
        if last.connection == openConnection, sent.confirmed > last.last + 1 {
            self.surelyDropped += UInt64(sent.confirmed - last.last - 1)
        }
        self.unexplained = self.written - self.received - self.surelyDropped
    }
}
