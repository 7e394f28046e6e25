import IPAddresses
import Testing

@testable import DERPKit

@Suite("What lets refused clients in")
struct RefusalPoolTests {
    private static let second: UInt64 = 1_000_000_000

    private func pool(_ limits: ConnectionLimits, gate: ConnectionGate? = nil) -> RefusalPool {
        RefusalPool(limits, lists: nil, gate: gate ?? ConnectionGate(limits, trusted: []))
    }

    @Test("a client is held for 30 to 100 s, unless set otherwise")
    func time() {
        let drawn = (0..<1000).map { _ in self.pool(ConnectionLimits()).drawTime(.verdict) }
        #expect(drawn.allSatisfy { (30 * Self.second...100 * Self.second).contains($0) })
        #expect((drawn.max() ?? 0) - (drawn.min() ?? 0) > 50 * Self.second)
        let members = (0..<1000).map { _ in self.pool(ConnectionLimits()).drawTime(.undecided) }
        #expect(members.allSatisfy { (30 * Self.second...50 * Self.second).contains($0) })
    }

    @Test("none is held where the time is zero")
    func off() {
        var limits = ConnectionLimits()
        limits.refusedHoldTime = .zero
        #expect(!self.pool(limits).take(.anyIPv4, now: 1))
    }

    @Test("a place is offered to one client, and again when it hasn't come within a second")
    func offers() throws {
        var limits = ConnectionLimits()
        limits.clients = 2
        let gate = ConnectionGate(limits, trusted: [])
        let pool = self.pool(limits, gate: gate)
        let places = try (0..<3).map { _ in
            try gate.enter(.loopbackIPv4, isPaced: false, isShortOfFiles: false, now: 1) { _ in }.place
        }
        try gate.becomeClient(places[0], isExempt: false)
        try gate.becomeClient(places[1], isExempt: false)
        #expect(!pool.offerPlace(now: 1))
        gate.leaveClient()
        #expect(pool.offerPlace(now: 1))
        #expect(!pool.offerPlace(now: 1))
        #expect(!pool.offerPlace(now: Self.second))
        #expect(pool.offerPlace(now: Self.second + 1))
        try gate.becomeClient(places[2], isExempt: false)
        #expect(!pool.offerPlace(now: 3 * Self.second))
        gate.leaveClient()
        gate.leaveClient()
        #expect(pool.offerPlace(now: 3 * Self.second) && pool.offerPlace(now: 3 * Self.second))
        #expect(!pool.offerPlace(now: 3 * Self.second))
    }

    @Test("settings out of range are refused")
    func settings() {
        for change in [
            { $0.refused = -1 }, { $0.refused = 65_537 }, { $0.refusedHoldTime = .seconds(111) },
            { $0.refusedHoldTime = .seconds(-1) },
        ] as [(inout ConnectionLimits) -> Void] {
            var limits = ConnectionLimits()
            change(&limits)
            #expect(throws: DERPError.self) { try limits.validate() }
        }
    }
}
