/// The records of one loop's clients.
struct CrowdEnds: Sendable {
    fileprivate private(set) var sent: [Int: [UInt32: SentRecord]] = [:]
    fileprivate private(set) var arrived: [Int: (records: [UInt32: ArrivedRecord], open: UInt32?)] = [:]

    /// Adds one flow whose sender has had one connection, the first.
    mutating func addSent(_ record: SentRecord, _ flow: Int) { self.sent[flow] = [1: record] }

    /// Adds the other end of such a flow.
    mutating func addArrived(_ record: ArrivedRecord, open: UInt32?, _ flow: Int) {
        self.arrived[flow] = ([1: record], open)
    }

    mutating func add(_ client: SoakClient) {
        for source in client.sources + client.echoes.values {
            self.sent[source.index] = source.allRecords(open: client.connection)
        }
        for (index, sink) in client.sinks { self.arrived[index] = (sink.records, client.openConnection) }
    }
}

/// What clients know of what they sent and received.
struct CrowdAccount: Sendable {
    /// All flows of which both ends are in this process.
    private(set) var all = FlowAccount()
    /// Those of which both ends use the relay.
    private(set) var local = FlowAccount()
    /// Packets to clients that are in another process.
    private(set) var writtenToVictims: UInt64 = 0
    /// Packets that were written on connections to the relay.
    private(set) var writtenToRelay: UInt64 = 0
    /// Those of them that the relay may not have read, because the connection ended.
    private(set) var unconfirmedByRelay: UInt64 = 0
    /// Packets that arrived on connections to the relay, apart from those to other processes.
    private(set) var receivedFromRelay: UInt64 = 0

    init(_ plan: CrowdPlan, _ ends: [CrowdEnds]) {
        for (index, flow) in plan.flows.enumerated() {
            let sent = ends.lazy.compactMap { $0.sent[index] }.first ?? [:]
            let arrived = ends.lazy.compactMap { $0.arrived[index] }.first
            if plan.members[flow.sender].node == .relay {
                for record in sent.values {
                    self.writtenToRelay += UInt64(record.written)
                    self.unconfirmedByRelay += UInt64(record.unconfirmed)
                }
            }
            guard !flow.isToVictim else {
                self.writtenToVictims += sent.values.reduce(0) { $0 + UInt64($1.written) }
                continue
            }
            let account = Self.account(sent, arrived?.records ?? [:], arrived?.open)
            self.all += account
            if plan.isLocal(flow) { self.local += account }
            if plan.members[flow.receiver].node == .relay { self.receivedFromRelay += account.received }
        }
    }

    private static func account(
        _ sent: [UInt32: SentRecord],
        _ arrived: [UInt32: ArrivedRecord],
        _ open: UInt32?
    ) -> FlowAccount {
        var sum = FlowAccount()
        for connection in Set(sent.keys).union(arrived.keys) {
            sum += FlowAccount(
                sent[connection] ?? SentRecord(),
                arrived[connection] ?? ArrivedRecord(),
                openConnection: open
            )
        }
        return sum
    }
}
