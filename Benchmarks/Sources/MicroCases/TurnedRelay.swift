@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit
import Glibc

/// A relay whose loops run on the caller's thread, so that its work is counted and nothing else.
final class TurnedRelay {
    let relays: [RelayLoop]
    private let context: RelayContext

    init(loops: Int) throws {
        let configuration = RelayServer.Configuration(privateKey: NodePrivateKey(), addresses: [], security: .none)
        self.relays = try (0..<loops).map {
            RelayLoop(loop: try IOLoop(index: $0), writeTimeout: nil, queueMemory: 64 << 20)
        }
        RelayLoop.connect(self.relays)
        self.context = RelayContext(
            configuration: configuration,
            forwarder: PacketForwarder(relays: self.relays),
            regionMap: try RegionMap(ownRegion: nil),
            logger: .init(label: "micro")
        )
    }

    /// Runs each loop twice, because the first may have given work to the second. The loops' clocks don't advance, so
    /// the count doesn't depend on how long counting takes.
    func turn() {
        for _ in 0..<2 { self.relays.forEach { $0.loop.turn(at: $0.loop.now) } }
    }

    /// Returns both ends of a new connection: the relay's stream, and the descriptor of the other end.
    func pair(on index: Int) throws -> (stream: TCPStream, descriptor: Int32) {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0 else {
            throw MicroError.setUp
        }
        let peer = IPEndpoint(.loopbackIPv4, port: 1)
        return (try TCPStream(descriptor: ends[1], peerAddress: peer, loop: self.relays[index].loop), ends[0])
    }

    /// Returns a client that has logged in.
    func client(on index: Int) throws -> TurnedClient {
        let key = NodePrivateKey()
        let server = self.context.configuration.privateKey
        let relay = self.relays[index]
        let (stream, descriptor) = try self.pair(on: index)
        guard let box = SecretBox(privateKey: key, peer: server.publicKey),
            let login = DERPLogin(payload: key.publicKey.bytes + box.seal(ClientInfo().json()), privateKey: server)
        else { throw MicroError.setUp }
        relay.opened(stream)
        let connection = ClientConnection(stream: stream, login: login, relay: relay, context: self.context)
        Task(executorPreference: relay.loop) {
            _ = await connection.run(greeting: [FrameType.serverInfo.rawValue, 0, 0, 0, 0])
        }
        let client = TurnedClient(key: key.publicKey, descriptor: descriptor)
        while client.receive(FrameHeader.byteCount) == 0 { self.turn() }
        return client
    }

    /// Returns a link to a node that has a client with `key`.
    func node(with key: NodePublicKey, on index: Int) throws -> TurnedClient {
        let relay = self.relays[index]
        let (stream, descriptor) = try self.pair(on: index)
        let outbox = Outbox(stream: stream, relay: relay, terms: .link)
        let id = relay.add(outbox)
        let forwarder = self.context.forwarder
        Task(executorPreference: relay.loop) {
            await forwarder.add(link: id)
            _ = await forwarder.learn([.present(key)], over: id)
        }
        outbox.open(with: [])
        while relay.route(to: key)?.link == nil { self.turn() }
        return TurnedClient(key: key, descriptor: descriptor)
    }
}

/// The other end of a client's connection to the relay.
struct TurnedClient {
    let key: NodePublicKey
    let descriptor: Int32

    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(self.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Reads up to `count` bytes and returns their number.
    @discardableResult
    func receive(_ count: Int) -> Int {
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) { bytes in
            max(0, recv(self.descriptor, bytes.baseAddress, count, 0))
        }
    }
}
