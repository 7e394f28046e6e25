import Testing

@testable import SoakKit

@Suite struct ArrivedRecordTests {
    /// Notes packets, each with its receiver's connection, and returns which of them were in order.
    private func note(_ packets: [(place: UInt32, connection: UInt32)], in record: inout ArrivedRecord) -> [Bool] {
        packets.map { record.note($0.place, on: $0.connection) }
    }

    @Test func countsWhatIsMissingInBetween() {
        var record = ArrivedRecord()
        let isFine = self.note([(2, 1), (3, 1), (6, 1)], in: &record)
        #expect(isFine == [true, true, true])
        #expect(record.received == 3)
        #expect(record.runs.map(\.missing) == [2])
    }

    @Test func beginsAgainOnAnotherConnection() {
        var record = ArrivedRecord()
        let isFine = self.note([(0, 1), (5, 2)], in: &record)
        #expect(isFine == [true, true])
        #expect(record.runs.map(\.missing) == [0, 0])
        #expect(record.received == 2)
    }

    @Test func noticesWhatComesTwiceOrLate() {
        var record = ArrivedRecord()
        let isFine = self.note([(4, 1), (4, 1), (3, 1), (4, 2)], in: &record)
        #expect(isFine == [true, false, false, false])
        #expect(record.received == 1)
    }
}
