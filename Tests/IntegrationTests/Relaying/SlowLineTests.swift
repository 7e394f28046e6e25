import AsyncSockets
import Foundation
import TestSupport
import Testing

@Suite("Clients with slow lines", .heavy, .blocking, .serialized, .timeLimit(.minutes(1)))
struct SlowLineTests {
    @Test(
        "Their packets are fresh, and who sends little loses nothing to who sends much",
        arguments: [Security.plain, .tls13]
    )
    func fresh(security: Security) throws {
        let server = try ServerOnSlowLine(security)
        let here = try SlowLineLoad(over: server).run()
        let patient = try ServerOnSlowLine(security, flags: ["--max-queue-delay", "0"])
        let there = try SlowLineLoad(over: patient).run()

        #expect(here.median * 3 < there.median, "\(here.median), and \(there.median) without a limit")
        #expect(here.lightReceived >= here.lightSent * 98 / 100, "\(here.lightReceived) of \(here.lightSent)")
        #expect(here.floodNumbers == here.floodNumbers.sorted(), "out of order")
        #expect(here.rate >= 0.9 * there.rate, "\(here.rate) packets a second, and \(there.rate) without a limit")
        let metrics = try MetricsReading(over: server.connect(from: .near))
        #expect(try metrics.total("derp_packets_dropped_total", #"reason="queue_head""#) > 0)
        #expect(try metrics.total("derp_bytes_dropped_total", #"reason="queue_head""#) > 0)
        #expect(try metrics.total("derp_queue_delay_seconds_count") > 0)
    }
}

/// Three seconds in which one client sends 8 Mbit/s to a client whose line takes 4, and another one 50 small packets a
/// second.
// @unchecked: the receiver is used by its own thread only, and `state` is synchronised.
private final class SlowLineLoad: @unchecked Sendable {
    /// What came of it.
    struct Outcome {
        /// How old the packets of the one who sends much were when they came.
        var ages: [Duration] = []
        var floodNumbers: [Int] = []
        var lightSent = 0
        var lightReceived = 0
        /// How long all of it took.
        var time = Duration.zero

        /// How many packets came a second.
        var rate: Double { Double(self.ages.count) / (self.time / .seconds(1)) }
        var median: Duration { self.ages.isEmpty ? .seconds(1000) : self.ages.sorted()[self.ages.count / 2] }
    }

    private static let last = -1

    private let server: ServerOnSlowLine
    private let flooding: RawDERPClient
    private let light: RawDERPClient
    private let receiver: RawDERPClient
    private let start = ContinuousClock.now
    private let state = Lock<(outcome: Outcome, isOver: Bool, failure: String?)>((Outcome(), false, nil))

    init(over server: ServerOnSlowLine) throws {
        self.server = server
        self.flooding = try RawDERPClient(over: server.connect(from: .near))
        self.light = try RawDERPClient(over: server.connect(from: .near))
        self.receiver = try RawDERPClient(over: server.connect(from: .far))
    }

    func run() throws -> Outcome {
        Thread.detachNewThread { [self] in
            do { try self.receive() } catch { self.state.withLock { $0.failure = "\(error)" } }
            self.state.withLock { $0.isOver = true }
        }
        for tick in 0..<300 {
            let packets = (0..<8).flatMap {
                Frame.send(self.packet(tick * 8 + $0, size: 1200), to: self.receiver.key).encoded
            }
            try self.flooding.connection.write(packets)
            if tick % 2 == 0 { try self.light.send(self.packet(tick, size: 100), to: self.receiver.key) }
            while ContinuousClock.now < self.start + .milliseconds(10 * (tick + 1)) { usleep(500) }
        }
        try self.light.send(self.packet(Self.last, size: 100), to: self.receiver.key)
        try eventually("the last packet comes", within: .seconds(10)) { self.state.withLock { $0.isOver } }
        if let failure = self.state.withLock({ $0.failure }) { throw KitError.unexpected(failure) }
        var outcome = self.state.withLock { $0.outcome }
        outcome.lightSent = 150
        return outcome
    }

    private func receive() throws {
        while true {
            let frame = try self.receiver.next()
            guard frame.type == .receivePacket else { continue }
            let source = Array(frame.payload.prefix(32))
            let (number, time) = frame.payload.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: 32, as: (Int, Int64).self)
            }
            let age = ContinuousClock.now - self.start - .nanoseconds(time)
            if number == Self.last { return }
            self.state.withLock {
                guard source == self.flooding.key.publicBytes else { return $0.outcome.lightReceived += 1 }
                $0.outcome.ages.append(age)
                $0.outcome.time = ContinuousClock.now - self.start
                $0.outcome.floodNumbers.append(number)
            }
        }
    }

    /// A packet with its number, and the time since the start.
    private func packet(_ number: Int, size: Int) -> [UInt8] {
        let age = ContinuousClock.now - self.start
        let nanoseconds = Int64(age / .nanoseconds(1))
        let head = withUnsafeBytes(of: (number, nanoseconds)) { Array($0) }
        return head + [UInt8](repeating: 7, count: size - head.count)
    }
}
