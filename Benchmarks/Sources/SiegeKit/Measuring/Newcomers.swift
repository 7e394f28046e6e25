import AsyncSockets
import CLoad
import DERPKit
import LoadKit

/// Clients that log in meanwhile, two a second, each from an address of its own.
enum Newcomers {
    /// What became of them.
    struct Outcome: Codable, Hashable, Sendable {
        /// How many tried.
        var tried = 0
        /// How long those took that got in, in nanoseconds.
        var times: [UInt64] = []
        /// Why one didn't get in.
        var lastFailure: String?

        var failed: Int { self.tried - self.times.count }
        var worst: UInt64? { self.times.max() }
    }

    private static let interval = Duration.milliseconds(500)

    /// Has them come for so many seconds, and waits for the last of them: each has 10 s for TLS and 10 for DERP.
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

    /// Logs in once; returns how long that took.
    static func logIn(to target: Target, _ index: Int, on loop: IOLoop) async -> Result<UInt64, LoadError> {
        let begin = cload_now()
        let source = IPAddress(ipv4: 0x7f00_0020 + UInt32(index % 200))
        do {
            // A stream is its loop's: whoever logs in over it has to be there.
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
