import CAsyncSockets
import Glibc

/// Accepts the connections of a ``MessageListener`` when the loop reports them.
// @unchecked: confined to the loop.
final class MessageListenerReadiness: EventHandler, @unchecked Sendable {
    private let descriptor: Int32
    private unowned let loop: IOLoop
    private let onRefusal: @Sendable () -> Void
    private let onAccept: @Sendable (MessageChannel) -> Void

    init(
        descriptor: Int32,
        loop: IOLoop,
        onRefusal: @escaping @Sendable () -> Void,
        onAccept: @escaping @Sendable (MessageChannel) -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.onRefusal = onRefusal
        self.onAccept = onAccept
    }

    func handle(events: UInt32) {
        var storage = sockaddr_storage()
        let accepted = cas_accept(self.descriptor, &storage)
        guard accepted >= 0 else { return }
        guard MessageChannel.isOwn(accepted) else {
            close(accepted)
            self.onRefusal()
            return
        }
        if let channel = try? MessageChannel(descriptor: accepted, loop: self.loop) { self.onAccept(channel) }
    }
}
