import TestSupport
import Testing

@Suite("Fairness", .heavy, .blocking, .serialized, .timeLimit(.minutes(1)))
struct FairnessTests {
    @Test("One client floods and 20 are modest, all on one loop: each modest packet arrives, in order and soon")
    func greedyAndModest() throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.loops = 1 })
        let pairs = try (0..<20).map { _ in (sender: try RawDERPClient(server), receiver: try RawDERPClient(server)) }
        defer { withExtendedLifetime(pairs) {} }
        let flood = try Flood(over: server)
        try eventually("the flood flows") { flood.received > 1 << 20 }
        let before = flood.received
        var slowest: Duration = .zero
        for round in 0..<50 {
            let packets = pairs.indices.map { [UInt8(round), UInt8($0)] }
            let start = ContinuousClock.now
            for (pair, packet) in zip(pairs, packets) {
                try pair.sender.send(packet, to: pair.receiver.key)
            }
            for (pair, packet) in zip(pairs, packets) {
                try pair.receiver.expect(.received(packet, from: pair.sender.key))
            }
            slowest = max(slowest, ContinuousClock.now - start)
        }
        let flooded = flood.received - before
        #expect(try flood.stop().isEmpty)
        #expect(flooded > 1 << 20, "only \(flooded) bytes of flood arrived meanwhile")
        #expect(slowest < .seconds(1) * Sanitizer.slowness, "20 packets took \(slowest)")
    }
}
