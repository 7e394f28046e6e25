import AsyncSockets

/// The relay that serves until this relay has taken over from it.
struct Predecessor: Sendable {
    /// The sockets on which it listened.
    let sockets: InheritedSockets
    /// The streams that lead to its clients.
    let links: TakeoverLinks?
    private let channel: MessageChannel

    /// Asks the relay that listens at the takeover socket for its sockets. Returns `nil` when there is no such relay.
    ///
    /// - Throws: ``DERPError`` with code `takeover` when a relay is there but doesn't answer as expected.
    static func find(_ takeover: TakeoverConfiguration, on loop: IOLoop) async throws(DERPError) -> Predecessor? {
        let result = await loop.run {
            await Result.awaiting { () throws(SocketError) in try await Self.ask(takeover, on: loop) }
        }
        do {
            return try result.get()
        } catch {
            throw DERPError(
                .takeover,
                "the server at \(takeover.path) does not hand over its sockets: \(error.message)"
            )
        }
    }

    /// Must run on `loop`.
    private static func ask(_ takeover: TakeoverConfiguration, on loop: IOLoop) async throws(SocketError) -> Self? {
        guard let channel = try MessageChannel.connect(to: takeover.path, on: loop) else { return nil }
        channel.setDeadline(takeover.timeout)
        let result = await Result.awaiting { () throws(SocketError) in try await Self.ask(channel) }
        if case .failure = result { channel.close() }
        let (sockets, links) = try result.get()
        return Predecessor(sockets: sockets, links: links, channel: channel)
    }

    private static func ask(_ channel: MessageChannel) async throws(SocketError) -> (InheritedSockets, TakeoverLinks?) {
        try await channel.send(TakeoverMessage.hello.encoded)
        let sockets = InheritedSockets()
        var links: TakeoverLinks?
        while true {
            let message = try await channel.receive()
            switch TakeoverMessage(message.bytes) {
            case .sockets(let role, let address):
                // The others are closed. The count at the end then shows that some are missing.
                let good = message.descriptors.filter { $0.isBound(role.kind, port: address.port) }
                guard sockets.count + good.count <= TakeoverMessage.countLimit else { throw Self.nonsense }
                sockets.add(good, at: .init(role: role, address: address))
            case .links:
                guard message.descriptors.count == 2, links == nil else { throw Self.nonsense }
                links = TakeoverLinks(outgoing: message.descriptors[0], incoming: message.descriptors[1])
            case .complete(let count):
                guard count == sockets.count else { throw Self.nonsense }
                return (sockets, links)
            default: throw Self.nonsense
            }
        }
    }

    private static let nonsense = SocketError(.systemCall, "its message makes no sense")

    /// Tells the predecessor that this relay serves. Returns when the predecessor no longer listens, or after `time`.
    func release(within time: Duration) async {
        await self.channel.loop.run {
            self.channel.setDeadline(time)
            try? await self.channel.send(TakeoverMessage.serving.encoded)
            // Whatever the answer, and even without one: from here on, this relay serves alone.
            _ = try? await self.channel.receive()
            self.channel.close()
        }
    }

    /// Tells the predecessor to go on serving, because this relay can't.
    func abandon() async {
        await self.channel.loop.run { self.channel.close() }
    }
}
