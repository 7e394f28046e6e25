/// Receives the events of a registered file descriptor. Called on the loop.
public protocol EventHandler: AnyObject {
    /// Handles `events`, which are epoll's bits. Readiness is edge-triggered unless registered otherwise.
    func handle(events: UInt32)

    /// Called when the loop's group has been released and nobody but the loop holds the handler. A handler that holds
    /// the loop, and that nobody can use any more, must deregister itself here. Otherwise the loop runs forever. Does
    /// nothing by default.
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

/// Receives mail that other threads leave in a place that they lock. Called on the loop.
public protocol MailHandler: AnyObject, Sendable {
    func handleMail()
}
