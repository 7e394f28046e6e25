/// What an event loop tells of a registered file descriptor. Called on the loop.
public protocol EventHandler: AnyObject {
    /// `events` holds epoll's bits. Readiness is edge-triggered unless registered otherwise.
    func handle(events: UInt32)

    /// The loop's group was released, and nobody but the loop holds the handler. One that holds the loop, and that nobody
    /// can use any more, deregisters itself here, or the loop runs for ever. Does nothing unless implemented.
    func abandoned()
}

extension EventHandler {
    public func abandoned() {}
}

/// Work that waits for the end of the loop's tick, so that a tick's output leaves in few system calls.
public protocol TickEndHandler: AnyObject {
    /// Called once for each time the handler asked for it.
    func tickEnded()
}

/// Someone for whom other threads leave mail, in a place that they lock. Called on the loop.
public protocol MailHandler: AnyObject, Sendable {
    func handleMail()
}
