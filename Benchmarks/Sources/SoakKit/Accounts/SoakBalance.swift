/// Compares what clients know of packets with what the relay's processes counted.
struct SoakBalance: Sendable {
    let crowd: CrowdAccount
    /// The packets that arrived in the other process.
    let receivedByVictims: UInt64
    /// All processes, each at its last numbers.
    let relays: [RelayProcessRecord]

    private var sum: ServerAccount { self.relays.reduce(into: ServerAccount()) { $0 += $1.account } }
    /// What may have happened between a process's last numbers and its end.
    private var unseen: UInt64 { self.relays.reduce(0) { $0 + $1.unseen + UInt64(max($1.account.waiting, 0)) } }

    private var delivered: UInt64 { self.crowd.receivedFromRelay + self.receivedByVictims }
    private var missingAtVictims: UInt64 {
        self.crowd.writtenToVictims - min(self.receivedByVictims, self.crowd.writtenToVictims)
    }
    /// Missing packets that may have been lost because a connection ended.
    private var unexplained: UInt64 { self.crowd.all.unexplained + self.missingAtVictims }

    var checks: [SoakCheck] {
        let (crowd, sum, unseen) = (self.crowd, self.sum, self.unseen)
        let lostUp = Int64(crowd.writtenToRelay) - Int64(sum.received)
        let lostDown = Int64(sum.sent) - Int64(self.delivered)
        var checks = self.relays.map(Self.check)
        checks.append(
            SoakCheck(
                "the relay received what clients sent, apart from what was sent on connections that ended, after the "
                    + "last packet that a pong proves to have arrived",
                "\(crowd.writtenToRelay) sent, \(sum.received) received: \(lostUp) lost of the "
                    + "\(crowd.unconfirmedByRelay) that may be, and \(unseen) unseen",
                lostUp >= 0 && lostUp <= Int64(crowd.unconfirmedByRelay + unseen)
            )
        )
        checks.append(
            SoakCheck(
                "clients received what the relay sent them, apart from what was on its way when a connection ended",
                "\(sum.sent) sent, \(self.delivered) arrived: \(lostDown) lost of the \(self.unexplained) that may be",
                lostDown + Int64(unseen) >= 0 && lostDown <= Int64(self.unexplained)
            )
        )
        checks.append(
            SoakCheck(
                "the relay counts as dropped what no ended connection explains",
                "\(crowd.local.surelyDropped) such packets, \(sum.dropped) counted, \(unseen) unseen",
                crowd.local.surelyDropped <= sum.dropped + unseen
            )
        )
        let missing = crowd.all.missing + self.missingAtVictims
        checks.append(
            SoakCheck(
                "whatever the relay counts as dropped is missing",
                "\(sum.dropped) counted, \(missing) missing",
                sum.dropped <= missing
            )
        )
        return checks
    }

    /// The relay's process that is still there must balance. One that was taken over may have had packets in its queues
    /// when its last numbers were read.
    private static func check(_ relay: RelayProcessRecord) -> SoakCheck {
        let account = relay.account
        let tolerance = relay.endSeconds == nil ? 0 : Int64(relay.unseen + relay.clients * Self.queueCapacity)
        let allowance =
            tolerance == 0 ? "" : " of \(tolerance) that queues of \(relay.clients) clients may hold, or were unseen"
        return SoakCheck(
            "relay \(relay.number): received + forwarded in = sent + dropped + forwarded out",
            "\(account.received) + \(account.forwardedIn) = \(account.sent) + \(account.dropped) + "
                + "\(account.forwardedOut) + \(account.waiting)\(allowance)",
            abs(account.waiting) <= tolerance
        )
    }

    /// How many of the soak's packets a client's queue holds at most: 208 KiB of packets of 96 bytes with their headers.
    private static let queueCapacity: UInt64 = 1600

    /// The account as a table.
    var rows: [[String]] {
        let sum = self.sum
        let lostUp = Int64(self.crowd.writtenToRelay) - Int64(sum.received)
        let lostDown = Int64(sum.sent) - Int64(self.delivered)
        let waiting = self.relays.reduce(0) { $0 + $1.account.waiting }
        var drops: [String: UInt64] = [:]
        for relay in self.relays { drops.merge(relay.page.drops, uniquingKeysWith: +) }
        return [
            ["packets", "number"],
            ["written by clients to the relay", "\(self.crowd.writtenToRelay)"],
            ["from the mesh peer and from a process's own successor (forwarded in)", "\(sum.forwardedIn)"],
            ["delivered to clients of the relay", "\(self.delivered)"],
            ["to the mesh peer and to a process's own successor (forwarded out)", "\(sum.forwardedOut)"],
        ] + drops.sorted { $0.key < $1.key }.map { ["dropped: `\($0.key)`", "\($0.value)"] } + [
            ["lost with the sender's connection, never received", "\(lostUp)"],
            ["lost with the receiver's connection, after they were sent", "\(lostDown)"],
            ["in queues when a process's last numbers were read", "\(waiting)"],
        ]
    }
}
