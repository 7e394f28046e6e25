import Testing

@testable import DERPKit

@Suite("Delay control")
struct DelayControlTests {
    private static let limits = DelayControl.Limits(target: 10_000_000, age: 100_000_000)
    private static let millisecond: UInt64 = 1_000_000

    /// Looks at a packet each millisecond that has waited for `wait`. Returns the times of drops, in milliseconds.
    private static func drops(
        for milliseconds: UInt64,
        wait: UInt64,
        control: inout DelayControl,
        from start: UInt64 = 0
    )
        -> [UInt64]
    {
        (start..<start + milliseconds).filter {
            let now = 1_000_000_000 + $0 * Self.millisecond
            return control.drops(after: wait * Self.millisecond, isLast: false, now: now, limits: Self.limits)
        }
    }

    @Test("a queue below the target drops nothing")
    func below() {
        var control = DelayControl()
        let result1 = Self.drops(for: 1000, wait: 10, control: &control)
        #expect(result1.isEmpty)
    }

    @Test("a burst that is over within the interval loses nothing")
    func burst() {
        var control = DelayControl()
        let result2 = Self.drops(for: 99, wait: 50, control: &control)
        #expect(result2.isEmpty)
        let result3 = Self.drops(for: 1, wait: 5, control: &control, from: 99)
        #expect(result3.isEmpty)
        let result4 = Self.drops(for: 99, wait: 50, control: &control, from: 100)
        #expect(result4.isEmpty)
    }

    @Test("a queue that stays above the target drops one packet, then more and more (RFC 8289 §4.1)")
    func law() {
        var control = DelayControl()
        let times = Self.drops(for: 400, wait: 50, control: &control)
        #expect(times.prefix(4) == [100, 200, 271, 329])
    }

    @Test(
        "who doesn't react within 300 ms loses all that waited for longer than the target, until nothing does any more"
    )
    func deaf() {
        var control = DelayControl()
        _ = Self.drops(for: 402, wait: 50, control: &control)
        let result5 = Self.drops(for: 100, wait: 50, control: &control, from: 402)
        #expect(result5.count == 100)
        let result6 = Self.drops(for: 99, wait: 10, control: &control, from: 502)
        #expect(result6.isEmpty)
        let result7 = Self.drops(for: 1, wait: 11, control: &control, from: 600)
        #expect(result7 == [600])
        let result8 = Self.drops(for: 100, wait: 10, control: &control, from: 601)
        #expect(result8.isEmpty)
        let result9 = Self.drops(for: 100, wait: 11, control: &control, from: 701)
        #expect(result9.isEmpty)
    }

    @Test("the last packet of a sender stays, up to the age limit")
    func last() {
        var control = DelayControl()
        _ = Self.drops(for: 500, wait: 50, control: &control)
        let now: UInt64 = 1_500_000_000
        let result10 = control.drops(after: 100_000_000, isLast: true, now: now, limits: Self.limits)
        #expect(!result10)
        let result11 = control.drops(after: 100_000_001, isLast: true, now: now, limits: Self.limits)
        #expect(result11)
    }

    @Test("the times grow with a limit above 100 ms, and with a line that needs long for a packet")
    func limits() {
        func limits(_ delay: UInt64, _ packet: UInt64 = 0) -> [UInt64] {
            let limits = SlowLine.limits(for: delay * Self.millisecond, packetTime: packet * Self.millisecond)
            return [limits.target, limits.age, limits.interval, limits.patience].map { $0 / Self.millisecond }
        }
        #expect(limits(100) == [10, 100, 100, 300])
        #expect(limits(5) == [10, 5, 100, 300])
        #expect(limits(100, 24) == [48, 192, 100, 300])
        #expect(limits(5, 3) == [10, 24, 100, 300])
        #expect(limits(1000) == [100, 1000, 1000, 3000])
        #expect(limits(60_000) == [6000, 60_000, 60_000, 180_000])
    }

    @Test("with a limit of a second, a burst that is over within it loses nothing")
    func longBurst() {
        // 5 Mbit/s for a second, of which 4 are sent: waits grow to 250 ms, and are over 250 ms later.
        var control = DelayControl()
        let limits = SlowLine.limits(for: 1_000_000_000, packetTime: 3_000_000)
        let drops = (0..<1250).filter { time in
            let wait = UInt64(time < 1000 ? time / 4 : 1250 - time) * Self.millisecond
            let now = 1_000_000_000 + UInt64(time) * Self.millisecond
            return control.drops(after: wait, isLast: false, now: now, limits: limits)
        }
        #expect(drops.isEmpty)
        // All of it at once, over within 900 ms.
        let burst = (0..<900).filter { time in
            let now = 3_000_000_000 + UInt64(time) * Self.millisecond
            return control.drops(after: UInt64(time) * Self.millisecond, isLast: false, now: now, limits: limits)
        }
        #expect(burst.isEmpty)
    }
}
