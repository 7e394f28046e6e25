import AsyncSockets
import TestSupport

/// Runs `body`, and throws ``TooLate`` when it isn't done after `time`. A `body` that never ends is left behind, so that
/// one that hangs fails its test and not the run.
func within<Result: Sendable>(
    _ time: Duration = .seconds(10),
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let first = First<Result>()
    return try await withCheckedThrowingContinuation { waiter in
        first.arm(waiter)
        Task {
            do { first.resume(.success(try await body())) } catch { first.resume(.failure(error)) }
        }
        Task {
            try? await Task.sleep(for: time)
            first.resume(.failure(TooLate("work of at most \(time)")))
        }
    }
}

/// Resumes a continuation with the first of several results.
private final class First<Value: Sendable>: Sendable {
    private let waiter = Lock<CheckedContinuation<Value, any Error>?>(nil)

    func arm(_ waiter: CheckedContinuation<Value, any Error>) {
        self.waiter.withLock { $0 = waiter }
    }

    func resume(_ result: Result<Value, any Error>) {
        self.waiter.withLock { waiter in
            waiter?.resume(with: result)
            waiter = nil
        }
    }
}
