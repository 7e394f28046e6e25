/// Runs tasks on an event loop's thread, but lets everything else on the loop go first: for work that anybody can cause.
///
/// What its tasks do between two waits is one turn. While others have work on the loop, turns take at most
/// ``TimeBudget/share`` of its time; otherwise as many are taken as there are, and every ``TimeBudget/slice`` the loop looks
/// whether others have work again. Turns are taken in the order in which they became due.
///
/// Actors that are pinned to the loop are called by such a task as by any other, and run as others' work.
public final class BudgetedExecutor: TaskExecutor {
    /// Whose thread the tasks run on. Kept.
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

/// Someone who takes a turn on a loop, as the tasks of a ``BudgetedExecutor`` do.
public protocol BudgetedHandler: AnyObject {
    /// Does a bounded piece of work. Called once for each time the handler asked for it.
    func takeTurn()
}
