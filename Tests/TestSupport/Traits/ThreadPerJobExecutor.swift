import Foundation

/// Runs every job on a thread of its own, so that tests may block on sockets and processes
/// without holding up Swift's cooperative threads, of which a small machine has two.
package final class ThreadPerJobExecutor: TaskExecutor {
    package static let shared = ThreadPerJobExecutor()

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let thread = Thread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        thread.name = "test"
        thread.start()
    }
}
