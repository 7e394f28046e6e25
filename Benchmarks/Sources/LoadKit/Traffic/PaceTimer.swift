import AsyncSockets
import CLoad
import Glibc

/// Wakes its loop at a given time, with microsecond precision. The loop's own timers have steps of 17 ms. Confined to
/// the loop.
package final class PaceTimer: EventHandler {
    private let descriptor: Int32
    private let loop: IOLoop
    private var token: UInt64 = 0
    private let action: () -> Void

    /// Makes a timer. `action` must not retain the owner of the timer.
    package init(on loop: IOLoop, action: @escaping () -> Void) throws {
        self.descriptor = cload_timer_create()
        self.loop = loop
        self.action = action
        guard self.descriptor >= 0 else { throw LoadError("no timer: \(String(cString: strerror(errno)))") }
        self.token = try loop.register(self.descriptor, events: Self.readable, handler: self)
    }

    private static let readable: UInt32 = 1

    /// Fires once, at `deadline` on the monotonic clock in nanoseconds.
    package func set(_ deadline: UInt64) {
        _ = cload_timer_set(self.descriptor, max(deadline, 1))
    }

    package func handle(events: UInt32) {
        cload_timer_clear(self.descriptor)
        self.action()
    }

    /// Closes the timer, which can't be used again.
    package func close() {
        self.loop.deregister(self.descriptor, token: self.token)
        Glibc.close(self.descriptor)
    }
}
