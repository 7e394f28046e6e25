import Glibc
import TestSupport
import Testing

@Suite("Both sides of a takeover", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct TakeoverPairTests {
    /// A server that has just been taken over from. Its first client is sent away, and has connected anew; the others stay.
    private struct Cut {
        let line: ServerLine
        let previous: ServerProcess
        let moved: RawDERPClient
        let staying: [RawDERPClient]

        init() throws {
            // On one loop the order is known.
            let line = try ServerLine(ServerOptions.plain.with { $0.loops = 1 }, drainTime: "10m")
            let clients = try (0..<3).map { _ in try RawDERPClient(line.current) }
            defer { withExtendedLifetime(clients) {} }
            // Everybody knows everybody.
            for sender in clients {
                for receiver in clients where receiver !== sender {
                    try sender.send([1], to: receiver.key)
                    try receiver.expect(.received([1], from: sender.key))
                }
            }
            self.previous = try line.takeOver { $0.loops = 2 }
            #expect(try clients[0].next().type == .restarting)
            #expect(clients[0].expectClosed().isEmpty)
            self.staying = Array(clients.dropFirst())
            // Nobody is told that it is gone, or not here, while it is away.
            for client in self.staying {
                try client.send(DiscoPacket.make(), to: clients[0].key)
                try client.expectQuiet()
            }
            self.moved = try RawDERPClient(line.current, key: clients[0].key)
            self.line = line
        }
    }

    /// Sends one packet after the other until one comes, and then a hundred, which must all come.
    private func exchange(_ sender: RawDERPClient, _ receiver: RawDERPClient) throws {
        try eventually("a packet comes") {
            try sender.send([0], to: receiver.key)
            return (try? receiver.next(within: .milliseconds(100))) == .received([0], from: sender.key)
        }
        let packets = (1...100).map { [UInt8($0)] + TestKey.random(1000) }
        for packet in packets { try sender.send(packet, to: receiver.key) }
        for packet in packets {
            var next = try receiver.next()
            // Those that were sent before the first one came.
            while next == .received([0], from: sender.key) { next = try receiver.next() }
            let isEqual = next == .received(packet, from: sender.key)
            #expect(isEqual, "got \(next)")
        }
    }

    @Test("Clients of the old server and of the new one reach each other, and hear of nobody that he is gone")
    func pairs() throws {
        let cut = try Cut()
        let fresh = try RawDERPClient(cut.line.current)
        for staying in cut.staying {
            for other in [cut.moved, fresh] {
                try self.exchange(staying, other)
                try self.exchange(other, staying)
            }
        }
        for client in cut.staying + [cut.moved, fresh] { try client.expectQuiet() }
        #expect(cut.previous.isRunning)
    }

    @Test("When the old server ends, no client is reported gone before it had time to return")
    func end() throws {
        let cut = try Cut()
        let staying = cut.staying[0]
        try self.exchange(staying, cut.moved)
        try self.exchange(cut.moved, staying)
        cut.previous.send(signal: SIGTERM)
        #expect(try staying.next().type == .restarting)
        #expect(try cut.previous.waitForExit() == .code(0))
        try cut.moved.send(DiscoPacket.make(), to: staying.key)
        try cut.moved.expectQuiet()
        let back = try RawDERPClient(cut.line.current, key: staying.key)
        try self.exchange(back, cut.moved)
        try self.exchange(cut.moved, back)
        try cut.moved.expectQuiet()
        back.close()
        try cut.moved.expect(.peerGone(back.key, reason: 0), within: .seconds(30))
    }

    @Test("A client that leaves the old server by itself is gone at once, on both sides")
    func leaving() throws {
        let cut = try Cut()
        try self.exchange(cut.staying[0], cut.moved)
        cut.staying[0].close()
        for listener in [cut.moved, cut.staying[1]] {
            try listener.expect(.peerGone(cut.staying[0].key, reason: 0))
        }
    }

    @Test("A successor that dies takes only its own clients with it")
    func dyingSuccessor() throws {
        let cut = try Cut()
        try self.exchange(cut.staying[0], cut.moved)
        try self.exchange(cut.moved, cut.staying[0])
        cut.line.current.send(signal: SIGKILL)
        try cut.staying[0].expect(.peerGone(cut.moved.key, reason: 0))
        try self.exchange(cut.staying[0], cut.staying[1])
    }
}
