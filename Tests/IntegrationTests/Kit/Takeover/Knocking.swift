import AsyncSockets
import Foundation

/// Threads that do something again and again, until they are stopped, and note what failed.
final class Knocking: Sendable {
    private struct State {
        var isOver = false
        var successes = 0
        var failures: [String] = []
        var running = 0
    }

    private let state = Lock(State())

    /// Starts `count` threads.
    init(_ count: Int, _ knock: @escaping @Sendable () throws -> Void) {
        self.state.withLock { $0.running = count }
        for _ in 0..<count {
            Thread.detachNewThread { [self] in
                while self.state.withLock({ !$0.isOver }) {
                    do {
                        try knock()
                        self.state.withLock { $0.successes += 1 }
                    } catch {
                        self.state.withLock { $0.failures.append("\(error)") }
                    }
                    usleep(1000)
                }
                self.state.withLock { $0.running -= 1 }
            }
        }
    }

    var successes: Int { self.state.withLock { $0.successes } }

    /// Ends the threads, and tells what failed.
    func stop() throws -> [String] {
        self.state.withLock { $0.isOver = true }
        try eventually("the threads end", within: .seconds(30)) { self.state.withLock { $0.running == 0 } }
        return self.state.withLock { $0.failures }
    }
}
