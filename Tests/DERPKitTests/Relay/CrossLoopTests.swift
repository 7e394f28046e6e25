import Testing

@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

@Suite("Across loops")
struct CrossLoopTests {
    /// A connection that sends numbered packets, and leaves.
    private struct Sender {
        let client: TableClient
        let number: UInt8
        var left: Int
        var sent: UInt8 = 0
    }

    @Test(
        "packets of one connection keep their order, none is lost, and PeerGone comes once, behind the key's last packet",
        arguments: 0..<400
    )
    func order(seed: Int) throws {
        let table = try LoopTable(loops: 3, seed: UInt64(seed))
        let receiver = try TableClient(table, on: table.chance(0...2))
        table.settle()
        let keys = (0..<3).map { _ in NodePrivateKey() }
        var senders: [Sender] = []
        for number in 0..<5 {
            // Some keys are there more than once.
            let client = try TableClient(table, on: table.chance(0...2), key: keys[table.chance(0...2)])
            senders.append(Sender(client: client, number: UInt8(number), left: table.chance(0...20)))
            table.turnSome()
        }
        var active = Array(senders.indices)
        while !active.isEmpty {
            let position = table.chance(0...active.count - 1)
            let index = active[position]
            if senders[index].left > 0 {
                senders[index].left -= 1
                senders[index].sent += 1
                senders[index].client.send([senders[index].number, senders[index].sent], to: receiver.key)
            } else {
                senders[index].client.leave()
                active.remove(at: position)
            }
            table.turnSome()
        }
        table.settle()
        #expect(senders.allSatisfy { $0.client.closeReason == .peer })

        let frames = receiver.frames().dropFirst()
        for sender in senders {
            let packets = frames.filter { $0.type == .recvPacket && $0.packet.first == sender.number }
            #expect(packets.map { Int($0.packet[1]) } == Array(0..<Int(sender.sent)).map { $0 + 1 })
        }
        for key in Set(senders.map(\.client.key)) {
            let hasSent = senders.contains { $0.client.key == key && $0.sent > 0 }
            let ofKey = frames.filter { $0.key == key }
            let gone = ofKey.filter { $0.type == .peerGone }
            #expect(gone.map(\.packet) == (hasSent ? [[0]] : []))
            if hasSent { #expect(ofKey.last?.type == .peerGone) }
        }
    }

    @Test("a connection's last packet comes before the news of another one with its key that the key is gone")
    func lastPacket() throws {
        let table = try LoopTable(loops: 3, seed: 4)
        let receiver = try TableClient(table, on: 2)
        let key = NodePrivateKey()
        let idle = try TableClient(table, on: 2, key: key)
        table.settle()
        let speaker = try TableClient(table, on: 1, key: key)
        table.settle()
        speaker.send([7], to: receiver.key)
        speaker.leave()
        idle.leave()
        // The other loops go on while the speaker's is in the middle of the tick in which it reads all that.
        let loops = table.relays.map(\.loop)
        Task(executorPreference: loops[1]) { for index in [2, 0, 2] { loops[index].turn() } }
        loops[1].turn()
        table.settle()
        #expect(speaker.closeReason == .peer && idle.closeReason == .peer)
        #expect(receiver.frames().map(\.type) == [.serverInfo, .recvPacket, .peerGone])
    }

    @Test("nothing is ever written to a client for which it was not meant, though slots are reused", arguments: 0..<200)
    func reusedSlots(seed: Int) throws {
        let table = try LoopTable(loops: 2, seed: UInt64(seed))
        let sender = try TableClient(table, on: 0)
        let previous = try TableClient(table, on: 1)
        table.settle()
        var newcomers: [TableClient] = []
        previous.leave()
        for number in 0..<30 {
            sender.send([UInt8(number)], to: previous.key)
            if number % 10 == 5 { newcomers.append(try TableClient(table, on: 1)) }
            table.turnSome()
        }
        table.settle()
        #expect(previous.closeReason == .peer)
        for newcomer in newcomers { #expect(newcomer.frames().map(\.type) == [.serverInfo]) }
        let dropped = table.relays.reduce(0) {
            $0 + $1.counters.drops(.goneDisconnected, .other) + $1.counters.drops(.unknownDestination, .other)
        }
        let arrived = previous.frames().filter { $0.type == .recvPacket }.count
        #expect(Int(dropped) + arrived == 30, "every packet arrived or was counted")
    }

    @Test("a login is answered only when every loop knows the client's route")
    func registration() throws {
        for stalled in 0..<3 {
            let table = try LoopTable(loops: 3, seed: 1)
            table.stalled = [stalled]
            let client = try TableClient(table, on: (stalled + 1) % 3)
            table.settle()
            #expect(client.frames().isEmpty)
            table.stalled = []
            table.settle()
            #expect(client.frames().map(\.type) == [.serverInfo])
            for relay in table.relays { #expect(relay.routes[client.key]?.target != nil) }
        }
    }

    @Test("a login that waits for a stalled loop ends in time, and is forgotten when the loop continues")
    func stalledLoop() throws {
        for stalled in 0..<3 {
            let table = try LoopTable(loops: 3, seed: 2) { $0.handshakeTimeout = .milliseconds(40) }
            table.stalled = [stalled]
            let client = try TableClient(table, on: (stalled + 1) % 3)
            #expect(table.turn { client.closeReason != nil })
            #expect(client.closeReason == .timeout)
            #expect(client.frames().isEmpty)

            table.stalled = []
            table.settle()
            for relay in table.relays { #expect(relay.routes[client.key]?.target == nil) }
            let forwarder = table.forwarder
            #expect(table.run { await forwarder.counts.clients } == 0)
            let again = try TableClient(table, on: 0)
            table.settle()
            #expect(again.frames().map(\.type) == [.serverInfo])
        }
    }

    @Test("what waits for a stalled loop is bounded and counted, and PeerGone is sent all the same, last")
    func fullMailbox() throws {
        let table = try LoopTable(loops: 2, seed: 3)
        let sender = try TableClient(table, on: 0)
        let receiver = try TableClient(table, on: 1)
        table.settle()
        table.stalled = [1]
        // So little at a time that the sender is never paused, not even by a loop that is crowded.
        let packet = [UInt8](repeating: 7, count: 15_000)
        for _ in 0..<1000 {
            sender.send(packet, to: receiver.key)
            table.settle()
        }
        #expect(table.relays[0].counters.drops(.queueTail, .other) > 100)
        sender.leave()
        table.settle()
        table.stalled = []
        var frames: [TableClient.Frame] = []
        _ = table.turn {
            frames += receiver.frames()
            return frames.last?.type == .peerGone
        }
        #expect(frames.last == TableClient.Frame(type: .peerGone, payload: sender.key.bytes + [0]))
        #expect(frames.filter { $0.type == .peerGone }.count == 1)
    }
}
