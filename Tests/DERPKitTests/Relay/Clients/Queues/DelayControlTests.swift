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
}
