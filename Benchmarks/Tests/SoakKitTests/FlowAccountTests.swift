import Testing

@testable import SoakKit

@Suite struct FlowAccountTests {
    private func arrived(_ places: [UInt32], on connection: UInt32 = 1) -> ArrivedRecord {
        var record = ArrivedRecord()
        for place in places { _ = record.note(place, on: connection) }
        return record
    }

    @Test func nothingIsMissing() {
        let account = FlowAccount(SentRecord(written: 3, confirmed: 3), self.arrived([0, 1, 2]), openConnection: 1)
        #expect(account.missing == 0)
        #expect(account.received == 3)
    }

    @Test func aGapOnOneConnectionWasDropped() {
        let account = FlowAccount(
            SentRecord(written: 5, confirmed: 0, hasEnded: true),
            self.arrived([0, 3]),
            openConnection: nil
        )
        #expect(account.surelyDropped == 2)
        #expect(account.unexplained == 1)
    }

    @Test func whatNeverCameToAConnectionThatIsThereWasDropped() {
        let sent = SentRecord(written: 9, confirmed: 7, hasEnded: true)
        let account = FlowAccount(sent, self.arrived([0, 1]), openConnection: 1)
        #expect(account.surelyDropped == 5)
        // These two may have been lost with the sender's connection.
        #expect(account.unexplained == 2)
    }

    @Test func whatNeverCameToAConnectionThatEndedMayBeLostWithIt() {
        let sent = SentRecord(written: 9, confirmed: 9)
        #expect(FlowAccount(sent, self.arrived([0, 1]), openConnection: 2).unexplained == 7)
        #expect(FlowAccount(sent, ArrivedRecord(), openConnection: 2).unexplained == 9)
    }

    @Test func aPacketThatWasNeverSentIsInvented() {
        #expect(FlowAccount(SentRecord(written: 2), self.arrived([0, 2]), openConnection: 1).invented == 1)
        #expect(FlowAccount(SentRecord(), self.arrived([0]), openConnection: 1).invented == 1)
    }
}
