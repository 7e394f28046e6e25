import Logging
import AsyncSockets

/// Hands this relay's sockets over to the process that succeeds it.
struct Succession: Sendable {
    let relay: RelayServer
    let takeover: TakeoverConfiguration
    let channel: MessageChannel
    let tally: TakeoverTally
    /// Logs the successors that fail.
    let failures: LimitedLine

    /// Talks to a connected process until it serves or has failed. Must run on the channel's loop.
    func run() async {
        do {
            try await self.handOver()
        } catch {
            self.tally.count(\.refused)
            self.failures.log(
                .warning,
                "A takeover failed, and this server goes on",
                metadata: ["reason": "\(error)"]
            )
            self.channel.close()
            return
        }
        self.tally.count(\.completed)
        await self.relay.stopListening()
        try? await self.channel.send(TakeoverMessage.retiring.encoded)
        self.channel.close()
        await self.relay.retire(over: self.takeover.drainTime)
    }

    /// Returns when the successor serves.
    private func handOver() async throws(SocketError) {
        self.channel.setDeadline(self.takeover.timeout)
        try await self.expect(.hello)
        guard let sockets = await self.relay.lendSockets() else {
            throw SocketError(.systemCall, "another process is taking over, or there are no descriptors left")
        }
        let result = await Result.awaiting { () throws(SocketError) in try await self.handOver(sockets) }
        if case .failure = result { await self.relay.takeBackSockets() }
        try result.get()
    }

    private func handOver(_ sockets: InheritedSockets) async throws(SocketError) {
        for (place, descriptors) in sockets.all {
            let message = TakeoverMessage.sockets(place.role, place.address).encoded
            for start in stride(from: 0, to: descriptors.count, by: MessageChannel.descriptorLimit) {
                let end = min(start + MessageChannel.descriptorLimit, descriptors.count)
                try await self.channel.send(message, Array(descriptors[start..<end]))
            }
        }
        let links = try TakeoverLinks.pair()
        let message = TakeoverMessage.links.encoded
        try await self.channel.send(message, [links.other.outgoing, links.other.incoming])
        await self.relay.link(by: links.own, to: .successor)
        try await self.channel.send(TakeoverMessage.complete(count: sockets.count).encoded)
        self.channel.setDeadline(self.takeover.startTimeout)
        try await self.expect(.serving)
    }

    private func expect(_ expected: TakeoverMessage) async throws(SocketError) {
        let message = try await self.channel.receive()
        guard TakeoverMessage(message.bytes) == expected, message.descriptors.isEmpty else {
            throw SocketError(.systemCall, "the other process sent an unexpected message")
        }
    }
}
