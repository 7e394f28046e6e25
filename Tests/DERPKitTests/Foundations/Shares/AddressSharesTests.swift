import IPAddresses
import TestSupport
import Testing

@testable import DERPKit

@Suite("Shares of addresses")
struct AddressSharesTests {
    private static func block(_ number: Int) -> IPAddress { IPAddress(ipv4: UInt32(number)) }

    @Test("the address with most places gives up its oldest first; of equals, the one that is oldest")
    func greediest() {
        var shares = AddressShares<String>()
        #expect(shares.greediest == nil)
        let first = shares.enter("a1", of: Self.block(1))
        let second = shares.enter("b1", of: Self.block(2))
        #expect(shares.greediest?.id == first)
        _ = shares.enter("b2", of: Self.block(2))
        #expect(shares.greediest?.id == second && shares.greediest?.count == 2)
        let leavers = [shares.leave(second), shares.leave(second)]
        #expect(leavers == ["b1", nil])
        #expect(shares.greediest?.id == first)
    }

    @Test("an item that counts for itself has one place, however many others do")
    func alone() {
        var shares = AddressShares<Int>()
        let proxied = (0..<5).map { shares.enter($0, of: nil) }
        let first = shares.enter(9, of: Self.block(1))
        _ = shares.enter(9, of: Self.block(1))
        #expect(shares.greediest?.id == first)
        // A client that the proxy told of is one of its address, and the newest of these.
        shares.move(proxied[0], to: Self.block(1))
        #expect(shares.greediest?.id == first && shares.greediest?.count == 3)
        shares.move(first, to: nil)
        #expect(shares.greediest?.count == 2 && shares.shareCount(of: proxied[0]) == 2)
    }

    @Test("the heaviest is the largest place of the address that holds most bytes")
    func heaviest() {
        var shares = AddressShares<Int>()
        let large = shares.enter(0, of: Self.block(1))
        let small = shares.enter(0, of: Self.block(2))
        let middle = shares.enter(0, of: Self.block(2))
        shares.hold(100, at: large)
        shares.hold(50, at: small)
        shares.hold(60, at: middle)
        #expect(shares.heaviest == middle && shares.byteCount == 210)
        shares.leave(middle)
        #expect(shares.heaviest == large && shares.byteCount == 150)
        shares.move(small, to: Self.block(1))
        #expect(shares.heaviest == large)
        let previous = shares.hold(0, at: large)
        #expect(previous == 100)
        #expect(shares.heaviest == small && shares.byteCount == 50)
    }

    private struct Model {
        var places: [(id: UInt64, block: Int?, order: Int, bytes: Int)] = []
        var order = 0

        private func holder(_ place: (id: UInt64, block: Int?, order: Int, bytes: Int)) -> String {
            place.block.map { "block \($0)" } ?? "place \(place.id)"
        }

        private var groups: [[(id: UInt64, block: Int?, order: Int, bytes: Int)]] {
            Dictionary(grouping: self.places, by: self.holder).values.map { $0.sorted { $0.order < $1.order } }
        }

        var greediest: UInt64? {
            self.groups.max { ($0.count, -$0[0].order) < ($1.count, -$1[0].order) }?.first?.id
        }

        var heaviest: UInt64? {
            let sums = self.groups.map { (places: $0, bytes: $0.reduce(0) { $0 + $1.bytes }) }.filter { $0.bytes > 0 }
            let most = sums.max { ($0.bytes, -$0.places[0].order) < ($1.bytes, -$1.places[0].order) }
            return most?.places.max { ($0.bytes, -$0.order) < ($1.bytes, -$1.order) }?.id
        }
    }

    @Test("it agrees with a scan of all places, whatever comes, goes, moves and holds", arguments: 1...8)
    func model(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var shares = AddressShares<Int>()
        var model = Model()
        for step in 0..<2_000 {
            let block = Int.random(in: 0...6, using: &random)
            let newBlock = block == 0 ? nil : block
            let index = model.places.indices.randomElement(using: &random)
            switch (Int.random(in: 0..<10, using: &random), index) {
            case (0..<3, _), (_, .none):
                let id = shares.enter(step, of: newBlock.map(Self.block))
                model.places.append((id, newBlock, model.order, 0))
                model.order += 1
            case (3..<5, let index?):
                let occupant = shares.leave(model.places[index].id)
                #expect(occupant != nil)
                model.places.remove(at: index)
            case (5, let index?):
                shares.move(model.places[index].id, to: newBlock.map(Self.block))
                guard newBlock != model.places[index].block else { break }
                model.places[index].block = newBlock
                model.places[index].order = model.order
                model.order += 1
            case (_, let index?):
                let bytes = Int.random(in: 0..<5, using: &random) * 100
                let previous = shares.hold(bytes, at: model.places[index].id)
                #expect(previous == model.places[index].bytes)
                model.places[index].bytes = bytes
            }
            #expect(shares.count == model.places.count)
            #expect(shares.byteCount == model.places.reduce(0) { $0 + $1.bytes })
            #expect(shares.greediest?.id == model.greediest)
            #expect(shares.heaviest == model.heaviest)
        }
    }
}
