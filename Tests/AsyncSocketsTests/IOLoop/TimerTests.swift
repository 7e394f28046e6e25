import TestSupport
import Testing

@testable import AsyncSockets

/// The wheel's own clock moves only as these tests say.
@Suite("Timers")
struct TimerTests {
    private static let step: UInt64 = 1 << 24

    private let loop: IOLoop
    private let start: UInt64

    init() throws {
        self.loop = try IOLoop(index: 0)
        self.start = self.loop.now
    }

    private final class Log {
        var fired: [Int] = []
    }

    private func timer(_ number: Int, _ log: Log, at deadline: UInt64) -> LoopTimer {
        let timer = LoopTimer(on: self.loop) { log.fired.append(number) }
        timer.schedule(at: deadline)
        return timer
    }

    @Test("a timer fires once, never early, and at most one step late")
    func bounds() {
        let log = Log()
        let deadline = self.start + 5 * Self.step + 12_345
        let timer = self.timer(1, log, at: deadline)
        self.loop.timers.advance(to: deadline - 1)
        #expect(log.fired.isEmpty)
        #expect(timer.isScheduled)
        self.loop.timers.advance(to: deadline + Self.step)
        self.loop.timers.advance(to: deadline + 5000 * Self.step)
        #expect(log.fired == [1])
        #expect(!timer.isScheduled)
    }

    @Test("timers fire exactly when a model says, in whatever order they are made, moved and cancelled")
    func model() {
        var random = SplitMix64(seed: 1)
        let log = Log()
        var timers: [LoopTimer] = []
        var deadlines: [Int: UInt64] = [:]
        var now = self.start
        for number in 0..<200 { timers.append(LoopTimer(on: self.loop) { log.fired.append(number) }) }
        for _ in 0..<5000 {
            let number = Int.random(in: 0..<200, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                // Up to three turns of the wheel ahead, and somewhat into the past.
                let deadline = now - 2 * Self.step + .random(in: 0..<3072 * Self.step, using: &random)
                timers[number].schedule(at: deadline)
                deadlines[number] = deadline
            case 2:
                timers[number].cancel()
                deadlines[number] = nil
            default:
                now += .random(in: 0..<(Bool.random(using: &random) ? 3 : 1500) * Self.step, using: &random)
                log.fired = []
                self.loop.timers.advance(to: now)
                #expect(Set(log.fired).count == log.fired.count)
                for number in log.fired {
                    #expect(deadlines[number].map { $0 <= now } == true, "early, or cancelled")
                    deadlines[number] = nil
                }
                #expect(!deadlines.values.contains { $0 + 2 * Self.step < now }, "late")
                for (number, timer) in timers.enumerated() {
                    #expect(timer.isScheduled == (deadlines[number] != nil))
                }
            }
        }
    }

    @Test("a loop sleeps no longer than until the step after the next deadline, and without limit if there is none")
    func sleep() {
        #expect(self.loop.timers.millisecondsUntilNext(now: self.start) == -1)
        let log = Log()
        for distance in [1, 2, 63, 64, 65, 500, 1022, 1023] as [UInt64] {
            let deadline = self.start + distance * Self.step
            let timer = self.timer(1, log, at: deadline)
            let milliseconds = UInt64(self.loop.timers.millisecondsUntilNext(now: self.start))
            #expect(milliseconds * 1_000_000 >= deadline - self.start)
            #expect(milliseconds * 1_000_000 <= deadline - self.start + Self.step + 1_000_000)
            timer.cancel()
        }
        #expect(self.loop.timers.millisecondsUntilNext(now: self.start) == -1)
    }

    @Test("a timer that fires may cancel, move and make others, and schedule itself again")
    func reentrancy() {
        let log = Log()
        let victim = self.timer(2, log, at: self.start + Self.step)
        let moved = self.timer(3, log, at: self.start + Self.step)
        var made: LoopTimer?
        var again: LoopTimer?
        again = LoopTimer(on: self.loop) { [loop, start] in
            log.fired.append(1)
            victim.cancel()
            moved.schedule(at: start + 10 * Self.step)
            made = LoopTimer(on: loop) { log.fired.append(4) }
            made?.schedule(at: start)
            if log.fired.count == 1 { again?.schedule(at: start + 4 * Self.step) }
        }
        again?.schedule(at: self.start)
        self.loop.timers.advance(to: self.start + Self.step)
        // Whoever was in front of it in the slot has had its turn.
        #expect(log.fired.filter { $0 == 1 } == [1])
        self.loop.timers.advance(to: self.start + 2 * Self.step)
        self.loop.timers.advance(to: self.start + 5 * Self.step)
        #expect(log.fired.filter { $0 == 1 } == [1, 1])
        #expect(log.fired.contains(4))
        again = nil
        made = nil
    }

    @Test("cancelling twice, or what never was scheduled, does nothing")
    func cancelTwice() {
        let log = Log()
        let timer = LoopTimer(on: self.loop) { log.fired.append(1) }
        timer.cancel()
        timer.schedule(at: self.start)
        timer.cancel()
        timer.cancel()
        self.loop.timers.advance(to: self.start + 5 * Self.step)
        #expect(log.fired.isEmpty)
    }

    @Test("durations become nanoseconds without overflow")
    func nanoseconds() {
        #expect(Duration.milliseconds(1500).nanoseconds == 1_500_000_000)
        #expect(Duration.nanoseconds(7).nanoseconds == 7)
        #expect(Duration.zero.nanoseconds == 0)
        #expect(Duration.milliseconds(-1500).nanoseconds == 0)
        #expect(Duration.nanoseconds(-1).nanoseconds == 0)
        #expect(Duration.seconds(Int64.max).nanoseconds >= 9_000_000_000_000_000_000)
    }
}
