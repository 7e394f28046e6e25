import Testing

@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

@Suite("A client's queue")
struct OutboxTests {
    @Test("a full queue drops the oldest packets, keeps the order of the rest, and PeerGone comes behind them")
    func full() throws {
        let table = try LoopTable(loops: 1, seed: 1)
        let sender = try TableClient(table, on: 0)
        let receiver = try TableClient(table, on: 0)
        table.settle()
        _ = receiver.frames()
        // Of all sizes, so that the queue is full to the last byte.
        for number in 0..<300 {
            let size = number > 290 ? 10 : table.chance(2...60_000)
            sender.send(
                [UInt8(number / 256), UInt8(number % 256)] + [UInt8](repeating: 0, count: size),
                to: receiver.key
            )
            table.settle()
        }
        sender.leave()
        table.settle()
        var frames: [TableClient.Frame] = []
        #expect(
            table.turn {
                frames += receiver.frames()
                return frames.last?.type == .peerGone
            }
        )
        let numbers = frames.dropLast().map { Int($0.packet[0]) * 256 + Int($0.packet[1]) }
        #expect(numbers == numbers.sorted())
        #expect(numbers.last == 299, "the youngest is there")
        let dropped = table.relays[0].counters.drops(.queueHead, .other)
        #expect(dropped > 0)
        #expect(Int(dropped) + numbers.count == 300)
        #expect(frames.last?.key == sender.key)
    }

    @Test("PeerGone comes behind the packets of a queue without a byte of room", arguments: 0..<12)
    func noRoom(seed: Int) throws {
        let table = try LoopTable(loops: 1, seed: UInt64(seed))
        let sender = try TableClient(table, on: 0)
        let receiver = try TableClient(table, on: 0)
        table.settle()
        // Three of these fill a queue of 192 KiB to the last byte.
        let packet = [UInt8](repeating: 1, count: 65536 - PacketFrame.overhead)
        for _ in 0..<20 + seed {
            sender.send(packet, to: receiver.key)
            table.settle()
        }
        sender.leave()
        table.settle()
        var frames: [TableClient.Frame] = []
        _ = table.turn {
            frames += receiver.frames()
            return frames.last?.type == .peerGone
        }
        #expect(frames.filter { $0.type == .peerGone }.count == 1)
        #expect(frames.last?.type == .peerGone)
    }

    @Test("PeerGone comes behind disco packets of the peer, also when what was queued before it is dropped")
    func noticeBehindDisco() throws {
        let (table, sender, receiver) = try Self.droppedBeforeNotice()
        var frames: [TableClient.Frame] = []
        var ofSender: [FrameType] { frames.filter { $0.key == sender }.map(\.type) }
        _ = table.turn {
            frames += receiver.frames()
            return ofSender.count == 6
        }
        #expect(ofSender == [FrameType](repeating: .recvPacket, count: 5) + [.peerGone])
    }

    @Test("PeerGone among disco packets is no packet when what waits is counted")
    func noticeIsNoPacket() throws {
        let (table, _, receiver) = try Self.droppedBeforeNotice()
        receiver.leave()
        table.settle()
        let counters = table.relays[0].counters
        let dropped = DropReason.allCases.map { (counters.drops($0, .disco), counters.drops($0, .other)) }
        #expect(dropped.reduce(0) { $0 + $1.0 } == 5)
        #expect(counters.packetsSent + dropped.reduce(0) { $0 + $1.1 } == 40)
    }

    /// A client reads nothing while five disco packets wait for it, from a key that left. Everything that was queued
    /// before the PeerGone was dropped.
    private static func droppedBeforeNotice() throws -> (LoopTable, sender: NodePublicKey, receiver: TableClient) {
        let table = try LoopTable(loops: 1, seed: 1)
        let sender = try TableClient(table, on: 0)
        let flooder = try TableClient(table, on: 0)
        let receiver = try TableClient(table, on: 0)
        table.settle()
        _ = receiver.frames()
        func flood() {
            for _ in 0..<20 {
                flooder.send([UInt8](repeating: 1, count: 60_000), to: receiver.key)
                table.settle()
            }
        }
        flood()
        let disco: [UInt8] = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac] + [UInt8](repeating: 7, count: 100)
        for _ in 0..<5 { sender.send(disco, to: receiver.key) }
        table.settle()
        sender.leave()
        table.settle()
        flood()
        return (table, sender.key, receiver)
    }

    @Test("ServerInfo comes first, whatever was queued for the client before every loop knew it")
    func greetingFirst() throws {
        let table = try LoopTable(loops: 2, seed: 4)
        table.stalled = [1]
        let client = try TableClient(table, on: 0)
        table.settle()
        let relay = table.relays[0]
        Task(executorPreference: relay.loop) {
            await relay.drain(farewell: Frame.restarting(reconnectAfter: .zero, tryFor: .zero), within: .seconds(60))
        }
        table.settle()
        table.stalled = []
        table.settle()
        #expect(client.frames().map(\.type) == [.serverInfo, .restarting])
        #expect(client.closeReason == .shutdown)
    }

    @Test("one Pong waits; further Pings meanwhile go unanswered")
    func pongs() throws {
        let table = try LoopTable(loops: 1, seed: 5)
        let client = try TableClient(table, on: 0)
        table.settle()
        _ = client.frames()
        client.send(Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8, 9]) + Frame.encode(.ping, [8, 7, 6, 5, 4, 3, 2, 1]))
        table.settle()
        #expect(client.frames() == [TableClient.Frame(type: .pong, payload: [1, 2, 3, 4, 5, 6, 7, 8])])
        client.send(Frame.encode(.ping, [8, 7, 6, 5, 4, 3, 2, 1]))
        table.settle()
        #expect(client.frames() == [TableClient.Frame(type: .pong, payload: [8, 7, 6, 5, 4, 3, 2, 1])])
    }

    @Test("one Pong waits when what is before it was sent in part, too")
    func pongBehindRemainder() throws {
        let table = try LoopTable(loops: 1, seed: 9)
        let client = try TableClient(table, on: 0)
        table.settle()
        _ = client.frames()
        let relay = table.relays[0]
        // More than the socket takes.
        let health = Frame.health(String(repeating: "x", count: 4000))
        relay.clients.forEach { outbox in for _ in 0..<60 { outbox.append(control: health) } }
        for _ in 0..<3 {
            client.ping()
            table.settle()
        }
        #expect(client.stream.isWriteBlocked)
        #expect(relay.counters.pings == 3)
        #expect(relay.counters.pongs == 1)
        var frames: [TableClient.Frame] = []
        #expect(
            table.turn {
                frames += client.frames()
                return frames.last?.type == .pong
            }
        )
        client.ping()
        table.settle()
        #expect(client.frames().map(\.type) == [.pong])
    }

    @Test("an unknown key of a disco packet is answered by PeerGone, three at once; any other packet is dropped")
    func notHere() throws {
        let table = try LoopTable(loops: 1, seed: 6)
        let client = try TableClient(table, on: 0)
        table.settle()
        _ = client.frames()
        let stranger = NodePrivateKey().publicKey
        let disco: [UInt8] = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac] + [UInt8](repeating: 0, count: 56)
        for _ in 0..<5 {
            client.send([1], to: stranger)
            client.send(disco, to: stranger)
        }
        table.settle()
        let gone = TableClient.Frame(type: .peerGone, payload: stranger.bytes + [1])
        #expect(client.frames() == [gone, gone, gone])
        #expect(table.relays[0].counters.drops(.unknownDestination, .disco) == 5)
        #expect(table.relays[0].counters.drops(.unknownDestination, .other) == 5)
    }

    @Test("clients that read nothing hold the queues' memory, and nobody else's packets are lost for that")
    func poolExhausted() throws {
        // Room for four queues of data.
        let table = try LoopTable(loops: 1, seed: 7, queueMemory: 9 * 96 * 1024)
        let sender = try TableClient(table, on: 0)
        let reader = try TableClient(table, on: 0)
        let idlers = try (0..<8).map { _ in try TableClient(table, on: 0) }
        defer { withExtendedLifetime(idlers) {} }
        table.settle()
        _ = reader.frames()
        for idler in idlers {
            for _ in 0..<20 {
                sender.send([UInt8](repeating: 1, count: 60_000), to: idler.key)
                table.settle()
            }
        }
        for number in 0..<20 {
            sender.send([UInt8(number)], to: reader.key)
            table.settle()
        }
        #expect(reader.frames().map(\.packet) == (0..<20).map { [UInt8($0)] })
    }

    @Test("a burst to more clients than there is memory for queues reaches all of them")
    func burst() throws {
        let table = try LoopTable(loops: 1, seed: 8, queueMemory: 9 * 96 * 1024)
        let sender = try TableClient(table, on: 0)
        let readers = try (0..<50).map { _ in try TableClient(table, on: 0) }
        table.settle()
        for reader in readers { _ = reader.frames() }
        sender.send(readers.flatMap { Frame.encode(.sendPacket, $0.key.bytes + [5]) })
        table.settle()
        for reader in readers { #expect(reader.frames().map(\.packet) == [[5]]) }
    }
}
