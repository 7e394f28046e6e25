import TestSupport
import Testing

@testable import DERPKit

@Suite("A heap of ranks")
struct RankedHeapTests {
    @Test("the highest is the one that a scan finds, whatever is set and removed")
    func model() {
        var random = SplitMix64(seed: 11)
        var heap = RankedHeap<Int, Int>()
        var model: [Int: Int] = [:]
        for _ in 0..<20_000 {
            let item = Int.random(in: 0..<50, using: &random)
            let rank = Int.random(in: 0..<4, using: &random) == 0 ? nil : Int.random(in: 0..<30, using: &random)
            heap.set(item, to: rank)
            model[item] = rank
            #expect((heap.highest == nil) == model.isEmpty)
            #expect(heap.highest.flatMap { model[$0] } == model.values.max())
        }
    }
}
