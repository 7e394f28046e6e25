@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

extension MicroCase {
    static let relayCases =
        [100, 1400].map { relay(size: $0, loops: 1) } + [relay(size: 1400, loops: 2), relayToNode, outboxAppend]

    /// Relays packets from one client's socket to another's, 24 at a time, through everything in the relay except TLS.
    private static func relay(size: Int, loops: Int) -> MicroCase {
        MicroCase("relay \(size) B" + (loops > 1 ? " to another loop" : "")) {
            let relay = try TurnedRelay(loops: loops)
            let sender = try relay.client(on: 0)
            let receiver = try relay.client(on: loops - 1)
            let packet = receiver.key.bytes + [UInt8](repeating: 7, count: size)
            let burst = [[UInt8]](repeating: Frame.encode(.sendPacket, packet), count: 24).flatMap(\.self)
            return { count in
                for _ in 0..<count / 24 {
                    sender.send(burst)
                    relay.turn()
                    receiver.receive(burst.count)
                }
            }
        }
    }

    /// Relays packets from a client's socket to the link to another node, 24 at a time.
    private static let relayToNode = MicroCase("relay 1400 B to another node") {
        let relay = try TurnedRelay(loops: 1)
        let sender = try relay.client(on: 0)
        let key = NodePrivateKey().publicKey
        let node = try relay.node(with: key, on: 0)
        let packet = key.bytes + [UInt8](repeating: 7, count: 1400)
        let burst = [[UInt8]](repeating: Frame.encode(.sendPacket, packet), count: 24).flatMap(\.self)
        return { count in
            for _ in 0..<count / 24 {
                sender.send(burst)
                relay.turn()
                node.receive(burst.count + 24 * NodePublicKey.byteCount)
            }
        }
    }

    /// Queues a packet for a client that isn't admitted yet. The queue is emptied when it is full.
    private static let outboxAppend = MicroCase("outbox append, 1400 B") {
        let relay = try TurnedRelay(loops: 1)
        let loop = relay.relays[0]
        let outbox = Outbox(stream: try relay.pair(on: 0).stream, relay: loop, terms: .client(of: loop))
        let packet = [UInt8](repeating: 7, count: 1400)
        let source = NodePrivateKey().publicKey
        return { count in
            for number in 1...count {
                packet.withUnsafeBytes { outbox.append($0, from: source, kind: .other) }
                if number % 100 == 0 { outbox.surrender() }
            }
        }
    }
}
