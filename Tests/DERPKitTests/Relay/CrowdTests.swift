import Testing

@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

@Suite("Crowds")
struct CrowdTests {
    @Test("however many notices go to another loop in one tick, packets go there afterwards")
    func notices() throws {
        let table = try LoopTable(loops: 2, seed: 1)
        let (sender, receiver) = (try TableClient(table, on: 0), try TableClient(table, on: 1))
        table.settle()
        _ = receiver.frames()
        let relay = table.relays[0]
        let nobody = ClientID(loop: 1, slot: 99, generation: 0)
        let key = NodePrivateKey().publicKey
        // More than waits for a loop at most.
        Task(executorPreference: relay.loop) { for _ in 0..<300_000 { relay.tell(nobody, thatLeft: key) } }
        table.settle()
        for number in 0..<3 {
            sender.send([UInt8(number)], to: receiver.key)
            table.settle()
        }
        #expect(receiver.frames().map(\.packet) == [[0], [1], [2]])
        #expect(table.counters.drops(.queueTail, .other) == 0)
    }

    @Test("clients that write to each other and leave at once are gone, and the one that stays hears of each once")
    func leaving() throws {
        let table = try LoopTable(loops: 2, seed: 2)
        let stayers = [try TableClient(table, on: 0), try TableClient(table, on: 1)]
        let crowd = try (0..<120).map { try TableClient(table, on: $0 % 2) }
        table.settle()
        for stayer in stayers { _ = stayer.frames() }
        for client in crowd {
            for stayer in stayers { client.send([1], to: stayer.key) }
            for other in crowd { client.send([2], to: other.key) }
            table.turnSome()
        }
        table.settle()
        crowd.forEach { $0.leave() }
        table.settle()
        let forwarder = table.forwarder
        #expect(table.run { await forwarder.counts.clients } == 2)
        for stayer in stayers {
            let frames = stayer.frames()
            #expect(frames.count { $0.type == .recvPacket } == 120)
            let gone = frames.filter { $0.type == .peerGone }.compactMap(\.key)
            #expect(gone.count == 120)
            #expect(Set(gone) == Set(crowd.map(\.key)))
            for client in crowd {
                let last = frames.last { $0.key == client.key }
                #expect(last?.type == .peerGone)
            }
        }
    }

    @Test("clients with little traffic get it in the same tick while hundreds get something in every tick")
    func sparseReceiver() throws {
        let table = try LoopTable(loops: 1, seed: 3)
        let (sender, bystander) = (try TableClient(table, on: 0), try TableClient(table, on: 0))
        let crowd = try (0..<400).map { _ in try TableClient(table, on: 0) }
        table.settle()
        _ = bystander.frames()
        let loop = table.relays[0].loop
        for _ in 0..<20 { loop.turn() }
        var sent = 0
        /// In one piece: a socket pair takes a few hundred.
        func sendToAll() {
            let number = UInt8(sent)
            sender.send(crowd.flatMap { DERPKit.Frame.encode(.sendPacket, $0.key.bytes + [number]) })
            sent += 1
        }
        for _ in 0..<5 {
            sendToAll()
            loop.turn()
        }
        sendToAll()
        sender.send([9], to: bystander.key)
        loop.turn()
        #expect(bystander.frames().map(\.packet) == [[9]])
        table.settle()
        for receiver in crowd {
            let packets = receiver.frames().filter { $0.type == .recvPacket }.map(\.packet)
            #expect(packets == (0..<sent).map { [UInt8($0)] })
        }
    }
}
