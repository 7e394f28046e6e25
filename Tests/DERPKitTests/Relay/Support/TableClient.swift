import Glibc

@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

/// A client of a ``LoopTable``, at the other end of a socket pair: past its login, and without TLS.
final class TableClient {
    struct Frame: Equatable {
        let type: FrameType
        let payload: [UInt8]

        var key: NodePublicKey? { NodePublicKey(self.payload.prefix(32)) }
        var packet: [UInt8] { Array(self.payload.dropFirst(32)) }
    }

    let key: NodePublicKey
    let stream: TCPStream
    private let socket: FrameSocket
    private let end = Shared(Lock<CloseReason?>(nil))

    /// Why its connection ended; `nil` while it lasts.
    var closeReason: CloseReason? { self.end.value.withLock { $0 } }

    /// Begins to register with the relay, on the loop with `index`.
    init(
        _ table: LoopTable,
        on index: Int,
        key: NodePrivateKey = NodePrivateKey(),
        info: ClientInfo = ClientInfo(),
        isNotIdeal: Bool = false
    ) throws {
        var pair: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else {
            throw SocketError(errno: errno, "make a socket pair")
        }
        self.key = key.publicKey
        self.socket = FrameSocket(descriptor: pair[0])
        let relay = table.relays[index]
        let stream = try TCPStream(
            descriptor: pair[1],
            peerAddress: IPEndpoint(.loopbackIPv4, port: 1),
            loop: relay.loop
        )
        self.stream = stream
        guard let box = SecretBox(privateKey: key, peer: table.context.configuration.privateKey.publicKey),
            let login = DERPLogin(
                payload: key.publicKey.bytes + box.seal(info.json()),
                privateKey: table.context.configuration.privateKey,
                meshKey: table.context.configuration.mesh?.key
            )
        else { throw DERPError(.handshake, "no login") }
        relay.opened(stream)
        let connection = ClientConnection(
            stream: stream,
            login: login,
            isNotIdeal: isNotIdeal,
            relay: relay,
            context: table.context
        )
        let end = self.end
        Task(executorPreference: relay.loop) {
            let reason = await connection.run(greeting: [FrameType.serverInfo.rawValue, 0, 0, 0, 0])
            stream.close()
            relay.ended(stream)
            end.value.withLock { $0 = reason }
        }
    }

    /// Sends as much as the socket takes; returns how much that is.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Int {
        max(0, Glibc.send(self.socket.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)))
    }

    func send(_ packet: [UInt8], to key: NodePublicKey) {
        self.send(DERPKit.Frame.encode(.sendPacket, key.bytes + packet))
    }

    func ping() {
        self.send(DERPKit.Frame.encode(.ping, [UInt8](repeating: 0, count: 8)))
    }

    func leave() {
        shutdown(self.socket.descriptor, Int32(SHUT_WR))
    }

    /// The whole frames that have come since the last time, in up to `limit` bytes, about.
    func frames(limit: Int = .max) -> [Frame] { self.socket.frames(limit: limit) }
}
