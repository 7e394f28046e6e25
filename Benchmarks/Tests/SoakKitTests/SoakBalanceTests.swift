import Testing

@testable import SoakKit

@Suite struct SoakBalanceTests {
    private let plan = CrowdPlan(clients: 100)

    /// The metrics of a relay that received 100 packets, of which 10 never left.
    private func page(received: Int = 100, sent: Int = 90, dropped: Int = 10) -> MetricsPage {
        MetricsPage(
            """
            # HELP derp_packets_received_total packets
            derp_packets_received_total{kind="disco"} 0
            derp_packets_received_total{kind="other"} \(received)
            derp_packets_sent_total \(sent)
            derp_packets_dropped_total{reason="queue_head",kind="other"} \(dropped)
            """
        )
    }

    /// A crowd that sent 100 packets over one flow, of which those at these places are missing.
    private func crowd(without missing: Set<UInt32>) -> CrowdAccount {
        let index = self.plan.flows.firstIndex(where: self.plan.isLocal) ?? 0
        var arrived = ArrivedRecord()
        for place in 0..<100 as Range<UInt32> where !missing.contains(place) { _ = arrived.note(place, on: 1) }
        var ends = CrowdEnds()
        ends.addSent(SentRecord(written: 100, confirmed: 100), index)
        ends.addArrived(arrived, open: 1, index)
        return CrowdAccount(self.plan, [ends])
    }

    private func failures(_ crowd: CrowdAccount, _ page: MetricsPage) -> Int {
        var relay = RelayProcessRecord(1)
        relay.page = page
        return SoakBalance(crowd: crowd, receivedByVictims: 0, relays: [relay]).checks.count { !$0.holds }
    }

    private var tenMissing: CrowdAccount { self.crowd(without: Set(10..<20)) }

    @Test func whatIsMissingIsCountedAsDropped() {
        #expect(self.failures(self.tenMissing, self.page()) == 0)
        #expect(self.failures(self.crowd(without: []), self.page(sent: 100, dropped: 0)) == 0)
    }

    @Test func aDropThatIsNotCountedIsNoticed() {
        #expect(self.failures(self.tenMissing, self.page(dropped: 9)) > 0)
        // Not even if the relay says that it sent the packet.
        #expect(self.failures(self.tenMissing, self.page(sent: 91, dropped: 9)) > 0)
    }

    @Test func aDropThatDidNotHappenIsNoticed() {
        #expect(self.failures(self.crowd(without: []), self.page()) > 0)
    }

    @Test func aPacketThatWasNotReadIsNoticed() {
        #expect(self.failures(self.tenMissing, self.page(received: 99, sent: 90, dropped: 9)) > 0)
    }
}
