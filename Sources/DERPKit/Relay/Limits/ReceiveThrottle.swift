import AsyncSockets

/// Has a client read no faster than its rate. Confined to the loop.
///
/// What comes faster stays in the kernel, until TCP holds the client up. Frames are never cut.
final class ReceiveThrottle {
    private let stream: TCPStream
    private var bucket: TokenBucket
    private let timer: LoopTimer
    /// Reading is not worth its while for less, in bytes.
    private let portion: Int

    /// - Parameter rate: not unlimited.
    init(_ rate: RateLimits.Rate, on stream: TCPStream) {
        self.stream = stream
        self.bucket = TokenBucket(rate)
        self.timer = LoopTimer(on: stream.loop) { [unowned stream] in stream.interrupt() }
        self.portion = min(max(rate.bytesPerSecond / 50, 1), 16 * 1024)
    }

    deinit {
        self.timer.cancel()
    }

    var rate: RateLimits.Rate { self.bucket.rate }

    /// How many bytes may be read now; 0: none before ``wait()`` has returned.
    var allowance: Int {
        let level = self.bucket.level(now: self.stream.loop.now)
        // A TLS record isn't read by the spoonful. What is read too much is owed.
        return level >= self.portion ? max(level, Self.smallestRead) : 0
    }

    private static let smallestRead = 4096

    /// Notes that `count` bytes were read.
    func take(_ count: Int) {
        self.stream.loop.assertCurrent()
        self.bucket.take(count, now: self.stream.loop.now)
    }

    /// Returns when more may be read, or earlier when the stream is interrupted or fails.
    func wait(isolation: isolated (any Actor)? = #isolation) async {
        self.stream.loop.assertCurrent()
        self.timer.schedule(at: self.bucket.time(of: self.portion))
        await self.stream.waitUntilInterrupted()
        self.timer.cancel()
    }
}
