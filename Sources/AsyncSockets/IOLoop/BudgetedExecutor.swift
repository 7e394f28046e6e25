/// Runs tasks on an event loop's thread, after everything else on the loop. It is for work that anybody can cause.
///
/// A turn is what a task does between two waits. While others have work on the loop, turns take at most a quarter of its
/// time (`TimeBudget.share`). Otherwise the loop takes all turns that there are, and checks every 250 µs
/// (`TimeBudget.slice`) whether others have work again. It takes turns in the order in which they became due.
///
/// Such a task can call actors that are pinned to the loop like any other task. They run as others' work.
public final class BudgetedExecutor: TaskExecutor {
    /// The loop on whose thread the tasks run. The executor holds it.
    public let loop: IOLoop

    public init(on loop: IOLoop) {
        self.loop = loop
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        self.enqueue(UnownedJob(job))
    }

    public func enqueue(_ job: UnownedJob) {
        self.loop.enqueue(job, by: self)
    }

    public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}

/// Takes a turn on a loop, like the tasks of a ``BudgetedExecutor``.
public protocol BudgetedHandler: AnyObject {
    /// Does a bounded piece of work. Called once for each time the handler asked for it.
    func takeTurn()
}
