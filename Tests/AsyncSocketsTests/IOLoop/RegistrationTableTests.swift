import Testing

@testable import AsyncSockets

@Suite("Registrations")
struct RegistrationTableTests {
    private final class Handler: EventHandler {
        func handle(events: UInt32) {}
    }

    @Test("an event for a slot's previous owner is recognised as stale")
    func generations() {
        var table = RegistrationTable()
        let first = Handler()
        let second = Handler()
        let stale = table.insert(first)
        #expect(table.handler(for: stale) === first)
        table.remove(stale)
        #expect(table.handler(for: stale) == nil)

        let fresh = table.insert(second)
        #expect(fresh != stale)
        #expect(UInt32(truncatingIfNeeded: fresh) == UInt32(truncatingIfNeeded: stale), "the slot is reused")
        #expect(table.handler(for: stale) == nil)
        table.remove(stale)
        #expect(table.handler(for: fresh) === second, "a stale token removes nobody")
    }

    @Test("a token of no slot is stale")
    func unknown() {
        #expect(RegistrationTable().handler(for: 7) == nil)
    }
}
