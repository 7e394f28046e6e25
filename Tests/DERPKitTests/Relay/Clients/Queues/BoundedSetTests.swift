import TestSupport
import Testing

@testable import DERPKit

@Suite("Bounded set")
struct BoundedSetTests {
    @Test("it holds the youngest members, as a model does", arguments: [1, 2, 7])
    func model(limit: Int) {
        var random = SplitMix64(seed: UInt64(limit))
        var set = BoundedSet<Int>(limit: limit)
        var model: [Int] = []
        for _ in 0..<2000 {
            let element = Int.random(in: 0..<3 * limit, using: &random)
            let isNew = !model.contains(element)
            let wasNew = set.insert(element)
            #expect(wasNew == isNew)
            if isNew { model.append(element) }
            if model.count > limit { model.removeFirst() }
            #expect(set.elements == model)
            #expect(set.contains(element))
        }
    }
}
