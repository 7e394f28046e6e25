import CLoad
import Glibc
import Synchronization

/// A blocking thread, in a network namespace of its own choice.
// @unchecked: the thread's id never changes, and join() is called once.
final class Worker: @unchecked Sendable {
    private let thread: pthread_t

    /// Starts `body` on a thread.
    ///
    /// - Parameters:
    ///   - namespace: The namespace for all sockets and processes that the thread makes; `nil` for that of this process.
    ///   - isPreferred: Whether the thread stands for another machine, and shouldn't have to wait for other programs.
    init(
        in namespace: Namespace? = nil,
        isPreferred: Bool = false,
        _ body: @escaping @Sendable () -> Void
    ) throws {
        let box = Unmanaged.passRetained(
            Work {
                if let namespace, cload_namespace_enter(namespace.descriptor) != 0 {
                    fatalError("can't enter a network namespace: \(String(cString: strerror(errno)))")
                }
                if isPreferred { _ = cload_prefer() }
                body()
            }
        )
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            box.toOpaque()
        )
        guard result == 0 else {
            box.release()
            throw FreshError("no thread: \(String(cString: strerror(result)))")
        }
        self.thread = thread
    }

    /// Waits until the thread has ended.
    func join() { pthread_join(self.thread, nil) }

    /// Runs `body` on a thread, waits for it, and returns its result.
    static func run<Value: Sendable>(
        in namespace: Namespace? = nil,
        _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let outcome = Outcome<Value>()
        try Worker(in: namespace) { outcome.set(Result(catching: body)) }.join()
        return try outcome.get()
    }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ result: Result<Value, any Error>) { self.result.withLock { $0 = result } }

    func get() throws -> Value {
        guard let result = self.result.withLock({ $0 }) else { throw FreshError("a thread ended early") }
        return try result.get()
    }
}
