import CAsyncSockets
import Glibc

/// An eventfd, with which other threads end a loop's sleep.
final class Wakeup: Sendable {
    let descriptor: Int32

    init() throws(SocketError) {
        self.descriptor = cas_eventfd()
        guard self.descriptor >= 0 else { throw SocketError(errno: errno, "create an eventfd") }
    }

    deinit {
        close(self.descriptor)
    }

    func signal() {
        var one: UInt64 = 1
        _ = write(self.descriptor, &one, 8)
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(self.descriptor, &count, 8)
    }
}
