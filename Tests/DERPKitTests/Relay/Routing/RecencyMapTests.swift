import TestSupport
import Testing

@testable import DERPKit

@Suite("A map in order of recency")
struct RecencyMapTests {
    @Test("gives back what was named last, as a plain array does", arguments: 0..<50)
    func order(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var map = RecencyMap<Int, Int>()
        var model: [(key: Int, value: Int)] = []
        for step in 0..<500 {
            let key = Int.random(in: 0..<20, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0...2:
                model.removeAll { $0.key == key }
                model.append((key, step))
                map.append(step, for: key)
            case 3:
                let index = model.firstIndex { $0.key == key }
                #expect(map.remove(key) == index.map { model.remove(at: $0).value })
            default:
                #expect(map.popLast() == model.popLast()?.value)
            }
            #expect(map.count == model.count)
            #expect(map.isEmpty == model.isEmpty)
            #expect(map[key] == model.first { $0.key == key }?.value)
        }
    }
}
