import IPAddresses
import Testing

@testable import DERPKit

@Suite("Shares of the pace")
struct PaceSharesTests {
    private static let second: UInt64 = 1_000_000_000
    private static func block(_ number: Int) -> IPAddress { IPAddress(ipv4: UInt32(number)) }

    @Test("one address may use the whole pace, and no more")
    func whole() {
        var pace = PaceShares(burst: 8, interval: Self.second / 8)
        let first = (0..<20).count { _ in pace.take(Self.block(1), now: Self.second) }
        let second = (0..<20).count { _ in pace.take(Self.block(1), now: 2 * Self.second) }
        #expect(first == 8 && second == 8)
    }

    @Test("an address that hasn't connected lately gets in, though another one connects as fast as it can")
    func newcomers() {
        var pace = PaceShares(burst: 8, interval: Self.second / 8)
        var (flood, newcomers) = (0, 0)
        for tick in 0..<8_000 {
            let now = Self.second + UInt64(tick) * Self.second / 1000
            if pace.take(Self.block(1), now: now) { flood += 1 }
            // A different one twice a second.
            if tick % 500 == 250, pace.take(Self.block(1000 + tick), now: now) { newcomers += 1 }
        }
        #expect(newcomers == 16)
        // What they were ahead was taken from who floods: the pace is kept.
        #expect((64...(8 + 64 + 2)).contains(flood + newcomers), "\(flood) and \(newcomers)")
    }

    @Test("the reserve is bounded, and so are the addresses that are remembered")
    func bounds() {
        var pace = PaceShares(burst: 8, interval: Self.second / 8)
        let taken = (0..<20_000).count { pace.take(Self.block($0), now: Self.second) }
        #expect(taken == 10)
        var slow = PaceShares(burst: 1, interval: 1000 * Self.second)
        let slowly = (0..<3).map { _ in slow.take(nil, now: 1) }
        #expect(slowly == [true, true, false])
        var extreme = PaceShares(burst: .max, interval: .max)
        let isTaken = extreme.take(Self.block(1), now: .max / 4)
        #expect(isTaken)
    }
}
