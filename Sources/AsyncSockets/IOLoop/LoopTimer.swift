/// An action that happens once, later, on a loop. It can be scheduled again after it fired. Confined to the loop.
public final class LoopTimer {
    /// The time at which the timer fires, in nanoseconds on the monotonic clock.
    @exclusivity(unchecked) private(set) var deadline: UInt64 = 0
    @exclusivity(unchecked) var slot = -1
    @exclusivity(unchecked) var position = 0

    private unowned let loop: IOLoop
    private let action: () -> Void

    /// Makes a timer. `action` must not hold the timer's owner.
    public init(on loop: IOLoop, action: @escaping () -> Void) {
        self.loop = loop
        self.action = action
    }

    /// Whether the timer is scheduled.
    public var isScheduled: Bool { self.slot >= 0 }

    /// Fires once, at `deadline` or up to 17 ms later. Replaces the previous schedule.
    public func schedule(at deadline: UInt64) {
        self.loop.requireCurrent("A LoopTimer")
        self.loop.timers.remove(self)
        self.deadline = deadline
        self.loop.timers.insert(self)
    }

    /// Has it not fire. Nothing happens when it isn't scheduled, whatever thread the caller is on.
    public func cancel() {
        guard self.isScheduled else { return }
        self.loop.requireCurrent("A LoopTimer")
        self.loop.timers.remove(self)
    }

    func fire() {
        self.action()
    }
}
