/// An action that happens once, later, on a loop. It can be scheduled again after it fired. Confined to the loop.
public final class LoopTimer {
    /// The time at which the timer fires, in nanoseconds on the monotonic clock.
    private(set) var deadline: UInt64 = 0
    var slot = -1
    var position = 0

    private unowned let wheel: TimerWheel
    private let action: () -> Void

    /// Makes a timer. `action` must not hold the timer's owner.
    public init(on loop: IOLoop, action: @escaping () -> Void) {
        self.wheel = loop.timers
        self.action = action
    }

    /// Whether the timer is scheduled.
    public var isScheduled: Bool { self.slot >= 0 }

    /// Fires once, at `deadline` or up to 17 ms later. Replaces the previous schedule.
    public func schedule(at deadline: UInt64) {
        self.wheel.remove(self)
        self.deadline = deadline
        self.wheel.insert(self)
    }

    public func cancel() {
        self.wheel.remove(self)
    }

    func fire() {
        self.action()
    }
}
