import TestSupport
import Testing

@Suite("Slow readers", .heavy, .blocking, .serialized, .timeLimit(.minutes(1)))
struct SlowReaderTests {
    @Test("A client that never reads is closed, and others are served meanwhile", arguments: [Security.plain, .tls13])
    func neverReads(security: Security) throws {
        let (elapsed, _) = try Self.overwhelm(security)
        #expect(
            elapsed > .milliseconds(1500) && elapsed < .seconds(8) * Sanitizer.slowness,
            "closed after \(elapsed)"
        )
    }

    @Test(
        "Memory stays bounded though a client never reads",
        .withoutSanitizer("a sanitizer shadows memory, and keeps what was freed"),
        arguments: [Security.plain, .tls13]
    )
    func memory(security: Security) throws {
        let (_, growth) = try Self.overwhelm(security)
        #expect(growth < 24 << 20, "resident memory grew by \(growth) bytes")
    }

    /// Sends to a client that never reads until it is closed, and to one that does. Returns how long that took, and by how
    /// many bytes the server's resident memory grew meanwhile.
    private static func overwhelm(_ security: Security) throws -> (elapsed: Duration, growth: Int) {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let sender = try RawDERPClient(server)
        let watcher = try RawDERPClient(server)
        let slow = try RawDERPClient(server, receiveBuffer: 4096)
        try slow.send([1], to: watcher.key)
        try watcher.expect(.received([1], from: slow.key))

        let before = try server.usage().residentBytes
        var peak = before
        let start = ContinuousClock.now
        let packet = TestKey.random(65536)
        let frame = Frame.send(packet, to: slow.key).encoded
        let deadline = Deadline(in: .seconds(20) * Sanitizer.slowness)
        // Until the watcher hears that the slow client was closed.
        var closedAfter: Duration?
        while closedAfter == nil, !deadline.hasPassed {
            for _ in 0..<8 { try sender.connection.write(frame) }
            let sent = ContinuousClock.now
            try sender.send([2], to: watcher.key)
            while true {
                let next = try watcher.next()
                if next == .received([2], from: sender.key) { break }
                #expect(next == .peerGone(slow.key, reason: 0))
                closedAfter = ContinuousClock.now - start
            }
            let latency = ContinuousClock.now - sent
            #expect(latency < .seconds(1) * Sanitizer.slowness, "a packet for another client took \(latency)")
            peak = max(peak, try server.usage().residentBytes)
        }
        return (try #require(closedAfter, "never closed"), peak - before)
    }

    @Test("Others are served while 100 clients never read")
    func many() throws {
        _ = try Self.overwhelmMany()
    }

    @Test(
        "What the queues of 100 clients that never read hold is bounded",
        .withoutSanitizer("a sanitizer shadows memory, and keeps what was freed")
    )
    func memoryOfMany() throws {
        let growth = try Self.overwhelmMany()
        // 2.6 MB were sent to each, of which a queue holds 192 KiB.
        #expect(growth < 100 * (256 << 10), "resident memory grew by \(growth) bytes")
    }

    /// Sends to 100 clients that never read, and to one that does. Returns by how many bytes the server's resident memory
    /// grew meanwhile.
    private static func overwhelmMany() throws -> Int {
        let server = try ServerProcess(ServerOptions.plain.with { $0.flags = ["-tcp-write-timeout", "30s"] })
        let sender = try RawDERPClient(server)
        let watcher = try RawDERPClient(server)
        let slow = try (0..<100).map { _ in try RawDERPClient(server, receiveBuffer: 4096) }
        defer { withExtendedLifetime(slow) {} }
        let before = try server.usage().residentBytes
        let packet = TestKey.random(65536)
        for _ in 0..<40 {
            for client in slow {
                try sender.send(packet, to: client.key)
            }
            try sender.send([2], to: watcher.key)
            try watcher.expect(.received([2], from: sender.key))
        }
        return try server.usage().residentBytes - before
    }

    @Test("A client that reads slowly gets whole frames, the newest of them, and loses the oldest")
    func dropsOldest() throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.flags = ["-tcp-write-timeout", "60s"] })
        let sender = try RawDERPClient(server)
        let slow = try RawDERPClient(server, receiveBuffer: 4096)
        let count = 2000
        for number in 0..<count {
            let packet = [UInt8(number >> 8), UInt8(number & 0xff)] + TestKey.random(8000)
            try sender.send(packet, to: slow.key)
        }
        // Whatever the pong says, the last packet is in the queue when the sender's ping is answered.
        try sender.expectQuiet()
        var numbers: [Int] = []
        while numbers.last != count - 1 {
            let frame = try slow.next()
            #expect(frame.type == .receivePacket && frame.payload.count == 32 + 8002)
            #expect(Array(frame.payload.prefix(32)) == sender.key.publicBytes)
            numbers.append(Int(frame.payload[32]) << 8 | Int(frame.payload[33]))
        }
        #expect(numbers == numbers.sorted())
        #expect(numbers.count < count, "nothing was dropped: the test sends too little")
    }
}
