import Glibc

@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

/// A link of a ``MeshTable`` to a node that is played by the test.
final class TableLink {
    let id: ClientID
    private let table: LoopTable
    private let relay: RelayLoop
    private let outbox: Outbox
    private let far: FrameSocket

    init(_ table: LoopTable, on index: Int) throws {
        var pair: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else {
            throw SocketError(errno: errno, "make a socket pair")
        }
        self.table = table
        self.relay = table.relays[index]
        self.far = FrameSocket(descriptor: pair[0])
        let stream = try TCPStream(
            descriptor: pair[1],
            peerAddress: IPEndpoint(.loopbackIPv4, port: 1),
            loop: self.relay.loop
        )
        self.outbox = Outbox(stream: stream, relay: self.relay, terms: .link)
        self.id = self.relay.add(self.outbox)
        let (forwarder, id) = (table.forwarder, self.id)
        _ = table.run { await forwarder.add(link: id) }
        self.outbox.open(with: [])
    }

    deinit {
        self.outbox.close()
        self.outbox.stream.close()
    }

    /// What the other node tells.
    @discardableResult
    func tell(_ changes: MeshChange...) -> Bool {
        let (forwarder, id) = (self.table.forwarder, self.id)
        let isTaken = self.table.run { await forwarder.learn(changes, over: id) != nil } ?? false
        self.table.settle()
        return isTaken
    }

    /// The other node has ended, and its clients are on the way to here: they count as connected for now.
    func end() {
        self.relay.remove(link: self.id)
        self.outbox.close()
        let (forwarder, id) = (self.table.forwarder, self.id)
        _ = self.table.run { await forwarder.noteEnd(ofLink: id) }
        self.table.settle()
    }

    func breakDown() {
        self.relay.remove(link: self.id)
        self.outbox.close()
        let (forwarder, id) = (self.table.forwarder, self.id)
        _ = self.table.run { await forwarder.remove(link: id) }
        self.table.settle()
    }

    /// What has come to the other node since the last time.
    func frames() -> [TableClient.Frame] { self.far.frames() }
}
