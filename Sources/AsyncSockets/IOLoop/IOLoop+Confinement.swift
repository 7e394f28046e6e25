import Synchronization
import CAsyncSockets

extension IOLoop {
    /// Whether the caller runs on this loop's thread.
    public var isCurrent: Bool {
        cas_current_loop() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    /// Whether the caller may touch what is confined to the loop: it is on the loop's thread, or the loop has none.
    @usableFromInline
    package var isAccessible: Bool { self.isCurrent || !self.isServed.load(ordering: .relaxed) }

    /// Ends the process unless the caller may touch what is confined to the loop: all of a loop's sockets share buffers, so
    /// another thread would send what other connections received.
    ///
    /// - Parameter subject: what was used, with which the message begins.
    @inline(__always)
    func requireCurrent(_ subject: StaticString) {
        if !self.isAccessible { self.trap(subject) }
    }

    /// Like the check above, in debug builds only: costs nothing when optimised.
    @inlinable
    package func assertCurrent(_ subject: StaticString = "State") {
        assert(self.isAccessible, Self.misuse(of: subject))
    }

    @inline(never)
    private func trap(_ subject: StaticString) -> Never {
        // Not a precondition: that says nothing when it is optimised.
        fatalError(Self.misuse(of: subject))
    }

    @usableFromInline
    package static func misuse(of subject: StaticString) -> String {
        "\(subject) was used outside its event loop. Use it in a task that prefers the loop, such as "
            + "Task(executorPreference: stream.loop), or in an actor that is pinned to it."
    }
}
