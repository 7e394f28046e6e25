import Foundation
import TestSupport
import Testing

@Suite("A mesh", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct MeshTests {
    @Test("Packets cross from every node to every other, unchanged and in order, and back")
    func crossing() throws {
        let region = try MeshRegion()
        for (from, to) in [(0, 1), (1, 2), (2, 0), (1, 0), (0, 0)] {
            let a = try region.connect(to: from)
            let b = try region.connect(to: to)
            for size in [0, 1, 1280, 65536] {
                let packet = TestKey.random(size)
                try a.send(packet, to: b.key)
                try b.expect(.received(packet, from: a.key))
                try b.send(packet, to: a.key)
                try a.expect(.received(packet, from: b.key))
            }
            let packets = (0..<200).map { [UInt8($0)] }
            try a.connection.write(packets.flatMap { Frame.send($0, to: b.key).encoded })
            for packet in packets { try b.expect(.received(packet, from: a.key)) }
            try a.expectQuiet()
        }
        for node in region.nodes {
            #expect(!node.log.contains(region.meshKey))
            #expect(try !HTTPRequest("/metrics").send(to: node).text.contains(region.meshKey))
        }
    }

    @Test("PeerGone crosses, once and only when the key has left the last node")
    func peerGone() throws {
        let region = try MeshRegion()
        let key = TestKey()
        let listeners = try (0..<3).map { try region.connect(to: $0) }
        let connections = try (0..<3).map { try region.connect(to: $0, key: key) }
        defer { withExtendedLifetime(connections) {} }
        for (number, listener) in listeners.enumerated() {
            for connection in connections { try connection.send([UInt8(number)], to: listener.key) }
            for _ in connections { try listener.expect(.received([UInt8(number)], from: key)) }
        }
        for index in [2, 0] {
            try region.disconnect(connections[index], from: index)
            for listener in listeners { try listener.expectQuiet() }
        }
        try region.disconnect(connections[1], from: 1)
        for listener in listeners { try listener.expect(.peerGone(key, reason: 0)) }
        for listener in listeners { try listener.expectQuiet() }
    }

    @Test("A node that is killed is forgotten, with all its clients, and is linked again when it comes back")
    func killedNode() throws {
        let region = try MeshRegion()
        let listener = try region.connect(to: 0)
        let lost = try region.connect(to: 1)
        try lost.send([1], to: listener.key)
        try listener.expect(.received([1], from: lost.key))
        region.nodes[1].send(signal: SIGKILL)
        try listener.expect(.peerGone(lost.key, reason: 0))
        try listener.send(DiscoPacket.make(), to: lost.key)
        try listener.expect(.peerGone(lost.key, reason: 1))
        _ = try region.nodes[1].waitForExit()

        try region.restart(1)
        try region.waitUntilLinked()
        let back = try region.connect(to: 1, key: lost.key)
        try back.send([2], to: listener.key)
        try listener.expect(.received([2], from: lost.key))
        try listener.send([3], to: lost.key)
        try back.expect(.received([3], from: listener.key))
        #expect(try MetricsReading(of: region.nodes[0]).total("derp_mesh_link_failures_total") >= 1)
    }

    @Test("A client moves from node to node under load: its packets follow it, and those of others are not disturbed")
    func moving() throws {
        let region = try MeshRegion()
        let sender = try region.connect(to: 0)
        let receiver = try region.connect(to: 1)
        let mover = TestKey()
        var current = try region.connect(to: 0, key: mover)
        let movingSender = try region.connect(to: 2)
        var sent: UInt32 = 0
        var received: UInt32 = 0

        /// A few packets between those who stay, and one to the client that moves.
        func load() throws {
            for _ in 0..<20 {
                sent += 1
                try sender.send(withUnsafeBytes(of: sent.bigEndian, Array.init), to: receiver.key)
            }
            try movingSender.send(withUnsafeBytes(of: sent.bigEndian, Array.init), to: mover)
            while received < sent {
                let frame = try receiver.next()
                guard frame.type == .receivePacket, frame.payload.starts(with: sender.key.publicBytes) else { continue }
                received += 1
                #expect(frame.payload.suffix(4) == withUnsafeBytes(of: received.bigEndian, Array.init)[...])
            }
        }
        for move in 1...15 {
            let next = try RawDERPClient(region.nodes[move % 3], key: mover)
            try load()
            current.close()
            current = next
            try eventually("the packets follow the client") {
                try load()
                return try next.framesBeforePong().contains {
                    $0.type == .receivePacket && $0.payload.starts(with: movingSender.key.publicBytes)
                }
            }
            // And from now on none is lost.
            _ = try next.framesBeforePong()
            for _ in 0..<5 { try load() }
            var arrived = 0
            while arrived < 5 {
                let frame = try next.next()
                if frame.type == .receivePacket, frame.payload.starts(with: movingSender.key.publicBytes) {
                    arrived += 1
                }
            }
        }
        #expect(try !movingSender.framesBeforePong().contains { $0.type == .peerGone })
    }

    @Test("A link to a node that hangs is found and given up, and made again when the node continues")
    func hungNode() throws {
        let region = try MeshRegion()
        let listener = try region.connect(to: 0)
        let hung = try region.connect(to: 2)
        try hung.send([1], to: listener.key)
        try listener.expect(.received([1], from: hung.key))
        region.nodes[2].send(signal: SIGSTOP)
        defer { region.nodes[2].send(signal: SIGCONT) }
        for index in 0...1 {
            try eventually("the link to the node that hangs is given up", within: .seconds(25)) {
                try MeshRegion.links(of: region.nodes[index], .down) == 1
            }
        }
        try listener.expect(.peerGone(hung.key, reason: 0))
        #expect(region.nodes[0].log.contains("has said nothing for"))
        let other = try RawDERPClient(region.nodes[1])
        try eventually("the other nodes relay") {
            try other.send([9], to: listener.key)
            return try listener.framesBeforePong().contains(.received([9], from: other.key))
        }

        region.nodes[2].send(signal: SIGCONT)
        try region.waitUntilLinked(within: .seconds(40))
        try hung.send([2], to: listener.key)
        // Behind what was still on its way from the other node.
        try eventually("its packets arrive again") {
            try listener.framesBeforePong().contains(.received([2], from: hung.key))
        }
    }

    @Test("A mesh of three with 3,000 clients converges within 5 s, also for a node that comes later")
    func convergence() throws {
        let region = try MeshRegion(started: 2)
        var clients: [RawDERPClient] = []
        func connect(_ count: Int, to node: ServerProcess) throws {
            for _ in 0..<count { clients.append(try RawDERPClient(node)) }
        }
        try connect(1500, to: region.nodes[0])
        try connect(1500, to: region.nodes[1])
        for node in region.nodes {
            try eventually("each node knows the other's clients", within: .seconds(5)) {
                try MeshRegion.remoteClients(of: node) >= 1500
            }
        }
        let start = ContinuousClock.now
        try region.startNext()
        try eventually("the new node knows all clients", within: .seconds(5)) {
            try MeshRegion.remoteClients(of: region.nodes[2]) >= 3000
        }
        #expect(ContinuousClock.now - start < .seconds(10) * Sanitizer.slowness)
        // The others look for it every 5 s.
        try region.waitUntilLinked(within: .seconds(15))
        let late = try region.connect(to: 2)
        try clients[0].send([1], to: late.key)
        try late.expect(.received([1], from: clients[0].key))
        try late.send([2], to: clients[2999].key)
        try clients[2999].expect(.received([2], from: late.key))
    }
}
