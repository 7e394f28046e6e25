import TestSupport
import Testing

@Suite("Relaying", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct RelayingTests {
    @Test("A packet arrives as it was sent", arguments: [Security.plain, .tls13], [0, 1, 1400, 16384, 65535, 65536])
    func packet(security: Security, size: Int) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        let packet = TestKey.random(size)
        try sender.send(packet, to: receiver.key)
        try receiver.expect(.received(packet, from: sender.key))
        try receiver.send(packet, to: sender.key)
        try sender.expect(.received(packet, from: receiver.key))
    }

    @Test("A packet over 65536 bytes closes its sender's connection, and reaches nobody")
    func oversizedPacket() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        try? sender.send(TestKey.random(65537), to: receiver.key)
        #expect(sender.expectClosed().isEmpty)
        try receiver.expectQuiet()
    }

    @Test("Packets of one pair keep their order", arguments: [1, 2])
    func order(loops: Int) throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.loops = loops })
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        for round in 0..<100 {
            // A window well within the receiver's queue, in one segment.
            let packets = (0..<20).map { Array("\(round * 20 + $0)".utf8) }
            try sender.connection.write(packets.flatMap { Frame.send($0, to: receiver.key).encoded })
            for packet in packets {
                try receiver.expect(.received(packet, from: sender.key))
            }
        }
    }

    @Test("Every pair of many clients can talk, whichever loops they are on", arguments: [1, 2, 4])
    func manyPairs(loops: Int) throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.loops = loops })
        let clients = try (0..<12).map { _ in try RawDERPClient(server) }
        defer { withExtendedLifetime(clients) {} }
        for sender in clients {
            for receiver in clients where receiver !== sender {
                let packet = TestKey.random(100)
                try sender.send(packet, to: receiver.key)
                try receiver.expect(.received(packet, from: sender.key))
            }
        }
        for client in clients {
            try client.expectQuiet()
        }
    }

    @Test("A packet to an unknown key is dropped without a word")
    func unknownDestination() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        try sender.send(TestKey.random(1400), to: TestKey())
        try sender.send(Array(DiscoPacket.make().prefix(61)), to: TestKey())
        try sender.expectQuiet()
    }

    @Test("A client gets no packet of others")
    func isolation() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        let bystander = try RawDERPClient(server)
        try sender.send([1, 2, 3], to: receiver.key)
        try receiver.expect(.received([1, 2, 3], from: sender.key))
        try bystander.expectQuiet()
    }

    @Test("Disco packets are relayed like others")
    func disco() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        for packet in [DiscoPacket.make(), DiscoPacket.make(size: 200), DiscoPacket.make(size: 6)] {
            try sender.send(packet, to: receiver.key)
            try receiver.expect(.received(packet, from: sender.key))
        }
    }

    @Test("A disco packet to an unknown key is answered by PeerGone, not here: 3 at once and 1 a second after")
    func notHere() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        let absent = TestKey()
        let answer = Frame.peerGone(absent, reason: 1)
        let burst = (0..<20).flatMap { _ in Frame.send(DiscoPacket.make(), to: absent).encoded }

        let start = ContinuousClock.now
        try sender.connection.write(burst)
        let atOnce = try sender.framesBeforePong()
        #expect(ContinuousClock.now - start < .seconds(1) * Sanitizer.slowness, "the machine is too busy to tell")
        #expect(atOnce.prefix(3) == [answer, answer, answer])
        var answers = atOnce

        try eventually("another PeerGone", within: .seconds(5)) {
            try sender.connection.write(burst)
            let more = try sender.framesBeforePong()
            answers += more
            return !more.isEmpty
        }
        let elapsed = ContinuousClock.now - start
        #expect(answers.allSatisfy { $0 == answer })
        // One after a second, and on a slow machine more after more of them.
        #expect(elapsed > .milliseconds(900) * (answers.count - 3), "\(answers.count) came within \(elapsed)")
        #expect(elapsed < .seconds(2) * Sanitizer.slowness, "the fourth came after \(elapsed)")
    }
}
