import AsyncSockets

/// Limits how fast a client is read to its rate. Confined to the loop.
///
/// Data beyond the rate stays in the kernel, until TCP slows the client down. Frames are never cut.
final class ReceiveThrottle {
    private let stream: TCPStream
    private var bucket: TokenBucket
    private let timer: LoopTimer
    /// The smallest number of bytes that is worth a read.
    private let portion: Int

    /// Creates a throttle.
    ///
    /// - Parameter rate: A rate that is not unlimited.
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

    /// The number of bytes that may be read now. 0: none before ``wait()`` has returned.
    var allowance: Int {
        let level = self.bucket.level(now: self.stream.loop.now)
        // A TLS record isn't read in tiny pieces. Bytes that were read beyond the allowance are owed.
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
