import AsyncSockets
import CLoad
import DERPKit
import LoadKit

/// Clients that log in during an attack, two per second, each from an address of its own.
enum Newcomers {
    /// The outcome of the logins.
    struct Outcome: Codable, Hashable, Sendable {
        /// How many clients tried.
        var tried = 0
        /// The durations of the successful logins, in nanoseconds.
        var times: [UInt64] = []
        /// Why the last failed login failed.
        var lastFailure: String?

        var failed: Int { self.tried - self.times.count }
        var worst: UInt64? { self.times.max() }
    }

    private static let interval = Duration.milliseconds(500)

    /// Starts logins for so many seconds, and waits for the last of them. Each has 10 s for TLS and 10 s for DERP.
    static func come(to target: Target, seconds: Double, on loop: IOLoop) async -> Outcome {
        let count = max(Int(seconds / 0.5), 1)
        return await withTaskGroup(of: Result<UInt64, LoadError>.self) { group in
            for index in 0..<count {
                group.addTask(executorPreference: loop) {
                    try? await Task.sleep(for: Self.interval * index)
                    return await Self.logIn(to: target, index, on: loop)
                }
            }
            var outcome = Outcome()
            for await result in group {
                outcome.tried += 1
                switch result {
                case .success(let time): outcome.times.append(time)
                case .failure(let error): outcome.lastFailure = error.description
                }
            }
            return outcome
        }
    }

    /// Logs in once and returns the duration.
    static func logIn(to target: Target, _ index: Int, on loop: IOLoop) async -> Result<UInt64, LoadError> {
        let begin = cload_now()
        let source = IPAddress(ipv4: 0x7f00_0020 + UInt32(index % 200))
        do {
            // A stream belongs to its loop, so the login must run there.
            let (stream, _) = try await withTaskExecutorPreference(loop) {
                try await target.logIn(as: NodePrivateKey(), from: source, on: loop)
            }
            let time = cload_now() - begin
            await loop.run { stream.close() }
            return .success(time)
        } catch {
            let failure = LoadError("\(error)")
            return .failure(failure)
        }
    }
}
