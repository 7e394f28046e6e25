import Testing

@testable import LoadKit

@Suite("The order of arrivals")
struct ArrivalLedgerTests {
    @Test("Gaps are loss, not disorder")
    func gaps() {
        var ledger = ArrivalLedger()
        #expect(ledger.note(0) == .inOrder(missing: 0))
        #expect(ledger.note(1) == .inOrder(missing: 0))
        #expect(ledger.note(5) == .inOrder(missing: 3))
        #expect(ledger.note(500) == .inOrder(missing: 494))
        #expect(ledger.received == 4)
    }

    @Test("A late one is distinguished from one that comes twice")
    func disorder() {
        var ledger = ArrivalLedger()
        for sequence: UInt64 in [0, 1, 2, 5] { _ = ledger.note(sequence) }
        #expect(ledger.note(5) == .doubled)
        #expect(ledger.note(0) == .doubled)
        #expect(ledger.note(3) == .reordered)
        #expect(ledger.note(3) == .doubled)
        #expect(ledger.note(6) == .inOrder(missing: 0))
        #expect(ledger.received == 6)
    }

    @Test("Memory ends at 64 packets, and what is older still fails")
    func old() {
        var ledger = ArrivalLedger()
        _ = ledger.note(0)
        #expect(ledger.note(63) == .inOrder(missing: 62))
        #expect(ledger.note(0) == .doubled)
        #expect(ledger.note(1) == .reordered)
        #expect(ledger.note(200) == .inOrder(missing: 136))
        #expect(ledger.note(2) == .doubled)
    }
}
