import AsyncSockets
import CLoad
import Glibc

/// Wakes its loop at a time, to the microsecond: the loop's own timers step by 17 ms. Confined to the loop.
package final class PaceTimer: EventHandler {
    private let descriptor: Int32
    private let loop: IOLoop
    private var token: UInt64 = 0
    private let action: () -> Void

    /// `action` must not keep alive who owns the timer.
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

    /// Ends it for good.
    package func close() {
        self.loop.deregister(self.descriptor, token: self.token)
        Glibc.close(self.descriptor)
    }
}
