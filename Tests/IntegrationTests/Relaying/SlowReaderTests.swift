import TestSupport
import Testing

@Suite("Slow readers", .heavy, .blocking, .serialized, .timeLimit(.minutes(1)))
struct SlowReaderTests {
    @Test(
        "A client that never reads: memory stays bounded, others are served, and it is closed",
        arguments: [Security.plain, .tls13]
    )
    func neverReads(security: Security) throws {
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
        let deadline = Deadline(in: .seconds(20))
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
            #expect(latency < .seconds(1), "a packet for another client took \(latency)")
            peak = max(peak, try server.usage().residentBytes)
        }
        #expect(Sanitizer.isOn || peak - before < 24 << 20, "resident memory grew by \(peak - before) bytes")
        let elapsed = try #require(closedAfter, "never closed")
        #expect(elapsed > .milliseconds(1500) && elapsed < .seconds(8), "closed after \(elapsed)")
    }

    @Test("100 clients that never read: what all their queues hold is bounded, and others are served")
    func many() throws {
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
        let growth = try server.usage().residentBytes - before
        // 2.6 MB were sent to each, of which a queue holds 192 KiB.
        #expect(Sanitizer.isOn || growth < 100 * (256 << 10), "resident memory grew by \(growth) bytes")
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
