import Foundation
import TestSupport
import Testing

@Suite("Clients with slow lines", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct SlowLineTests {
    /// What came to a client that takes 400 kB a second, while one sender sends a megabyte and another one 50 small packets
    /// a second.
    private struct Outcome {
        /// How long the flooding sender's packets took, the quickest first.
        var ages: [Duration] = []
        var lightSent = 0
        var lightReceived = 0
        var floodNumbers: [Int] = []

        var median: Duration { self.ages.isEmpty ? .seconds(1000) : self.ages[self.ages.count / 2] }
    }

    private static func packet(
        _ number: Int,
        at time: ContinuousClock.Instant,
        from start: ContinuousClock.Instant,
        size: Int
    )
        -> [UInt8]
    {
        let nanoseconds = Int((time - start) / .nanoseconds(1))
        let head = withUnsafeBytes(of: (number, nanoseconds)) { Array($0) }
        return head + [UInt8](repeating: 7, count: size - head.count)
    }

    private static func outcome(_ server: ServerProcess) throws -> Outcome {
        let (flooding, light) = (try RawDERPClient(server), try RawDERPClient(server))
        let receiver = try RawDERPClient(server, receiveBuffer: 4096)
        var outcome = Outcome()
        let start = ContinuousClock.now
        var sent = 0
        func take(atMost limit: Int, within time: Duration) throws {
            var left = limit
            while left > 0, let frame = try? receiver.next(within: time) {
                left -= 5 + frame.payload.count
                let source = Array(frame.payload.prefix(32))
                let (number, nanoseconds) = frame.payload.dropFirst(32).withUnsafeBytes {
                    $0.loadUnaligned(as: (Int, Int).self)
                }
                if source == light.key.publicBytes { outcome.lightReceived += 1 }
                guard source == flooding.key.publicBytes else { continue }
                outcome.ages.append(ContinuousClock.now - start - .nanoseconds(nanoseconds))
                outcome.floodNumbers.append(number)
            }
        }
        for tick in 0..<400 {
            let now = ContinuousClock.now
            try flooding.connection.write(
                (0..<8).flatMap { index in
                    let packet = Self.packet(sent + index, at: now, from: start, size: 1200)
                    return Frame.send(packet, to: receiver.key).encoded
                }
            )
            sent += 8
            if tick % 2 == 0 {
                try light.send(Self.packet(tick, at: now, from: start, size: 100), to: receiver.key)
                outcome.lightSent += 1
            }
            try take(atMost: 4000, within: .milliseconds(2))
            while ContinuousClock.now - start < .milliseconds(10 * (tick + 1)) { usleep(500) }
        }
        try take(atMost: .max, within: .milliseconds(500))
        outcome.ages.sort()
        return outcome
    }

    @Test(
        "Their packets are fresh, and who sends little loses nothing to who sends much",
        arguments: [Security.plain, .tls13]
    )
    func fresh(security: Security) throws {
        let certificate: ServerOptions.Certificate = security == .plain ? .none : .selfSigned
        let server = try ServerProcess(ServerOptions(certificate: certificate))
        let patient = try ServerProcess(ServerOptions(certificate: certificate, flags: ["--max-queue-delay", "0"]))
        let (here, there) = (try Self.outcome(server), try Self.outcome(patient))
        #expect(here.median * 3 < there.median, "\(here.median), \(there.median) without the limit")
        #expect(here.lightReceived >= here.lightSent * 98 / 100, "\(here.lightReceived) of \(here.lightSent)")
        #expect(here.floodNumbers == here.floodNumbers.sorted())
        #expect(here.ages.count > there.ages.count / 2, "the line isn't idle")
        #expect(try MetricsReading(of: server).total("derp_packets_dropped_total", #"reason="queue_head""#) > 0)
        #expect(try MetricsReading(of: server).total("derp_queue_delay_seconds_sum") > 0)
    }
}
