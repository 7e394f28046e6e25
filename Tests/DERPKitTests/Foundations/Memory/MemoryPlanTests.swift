import Testing

@testable import DERPKit

@Suite("What memory is for")
struct MemoryPlanTests {
    private static let mebibyte = 1 << 20

    @Test("without limits it is the standard")
    func standard() {
        for bounds in [[], [MemoryBound(.machine, total: 8 << 30, used: 8 << 30)]] {
            let plan = MemoryPlan(bounds)
            #expect(plan.queues == 256 << 20 && plan.pending == 64 << 20 && plan.bound == nil)
        }
        #expect(ConnectionLimits().pendingMemory == MemoryPlan.standardPending)
    }

    @Test("a quarter of the smallest limit; of address space a quarter of what is left; never less than 1 MiB")
    func quarters() {
        let machine = MemoryBound(.machine, total: 1 << 30, used: 1 << 29)
        let container = MemoryBound(.container, total: 256 << 20, used: 200 << 20)
        let space = MemoryBound(.addressSpace, total: 300 << 20, used: 180 << 20)
        #expect(MemoryPlan([machine]).queues == 256 << 20)
        #expect(MemoryPlan([machine, container]).queues == 64 << 20)
        #expect(MemoryPlan([machine, container, space]).queues == 30 << 20)
        #expect(MemoryPlan([machine, container, space]).bound == space)
        let none = MemoryPlan([MemoryBound(.data, total: 3, used: 4)])
        #expect(none.queues == 1 << 20 && none.pending == 1 << 20)
        #expect(MemoryPlan([MemoryBound(.container, total: 100, used: 0)]).queues == 1 << 20)
    }

    @Test("as much as is set, but no more than half of the smallest limit; a quarter of that before a login")
    func told() {
        let space = MemoryBound(.addressSpace, total: 300 << 20, used: 180 << 20)
        for (told, queues, pending) in [(4, 4, 1), (40, 40, 10), (60, 60, 15), (61, 60, 15), (1 << 20, 60, 15)] {
            let plan = MemoryPlan([space], told: told << 20)
            #expect(plan.queues == queues << 20 && plan.pending == pending << 20)
            #expect(plan.bound == (told > 60 ? space : nil))
        }
        #expect(MemoryPlan([], told: 1 << 40).queues == 1 << 40 && MemoryPlan([], told: 1 << 40).pending == 64 << 20)
    }

    @Test("left must be what the queues may still take, and something more")
    func reserve() {
        let container = MemoryBound(.container, total: 256 << 20, used: 56 << 20)
        let reserve = MemoryReserve(queueMemory: 64 << 20, [container])
        #expect(reserve.byteCount(of: container, queued: 0) == 72 << 20)
        #expect(reserve.byteCount(of: container, queued: 60 << 20) == 12 << 20)
        #expect(reserve.byteCount(of: container, queued: 80 << 20) == 8 << 20)
        #expect(reserve.byteCount(of: MemoryBound(.machine, total: 1 << 36, used: 0), queued: 0) == 32 << 20)
        // Queues that may take more than there is keep nobody out at the start.
        #expect(MemoryReserve(queueMemory: 1 << 30, [container]).byteCount(of: container, queued: 0) == 108 << 20)
    }
}
