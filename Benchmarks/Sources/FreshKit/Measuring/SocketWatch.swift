import CLoad
import Synchronization

/// Samples the relay's socket to the receiver with ss(8), several times a second.
final class SocketWatch: Sendable {
    private let port: UInt16
    private let isStopped = Atomic(false)
    private let found = Mutex<[SocketSample]>([])

    /// How long to wait between two samples, in nanoseconds.
    private static let interval: UInt64 = 150_000_000

    init(port: UInt16) { self.port = port }

    var samples: [SocketSample] { self.found.withLock { $0 } }

    func stop() { self.isStopped.store(true, ordering: .relaxed) }

    /// Samples until ``stop()`` is called, in the namespace of the calling thread.
    func run() {
        while !self.isStopped.load(ordering: .relaxed) {
            let now = cload_now()
            if let sample = Self.sample(port: self.port) { self.found.withLock { $0.append(sample) } }
            cload_sleep_until(now + Self.interval)
        }
    }

    /// Asks once, in the namespace of the calling thread; `nil` if there is no such socket.
    static func sample(port: UInt16) -> SocketSample? {
        let script = "ss -tinH 'sport = :\(port)' dst \(SlowLine.receiverAddress)"
        guard let text = try? Shell.run(script), var sample = SocketSample(text) else { return nil }
        sample.time = cload_now()
        return sample
    }
}
