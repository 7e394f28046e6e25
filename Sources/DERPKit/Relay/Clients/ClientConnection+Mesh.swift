import Logging

// The requests that only mesh peers may make (docs/protocol.md, "Mesh").
extension ClientConnection {
    /// Judges a privileged frame. An ordinary client that sends one breaks the protocol.
    func judgePrivileged(_ header: FrameHeader) -> FrameReader.Verdict {
        guard self.meshPeer != nil else { return .refuse }
        let count = Int(header.payloadCount)
        let isRight =
            switch header.type {
            case .forwardPacket: Self.forwardPacketSizes.contains(count)
            case .closePeer: count == NodePublicKey.byteCount
            default: count == 0
            }
        return isRight ? .take : .refuse
    }

    private static let forwardPacketSizes =
        2 * NodePublicKey.byteCount...2 * NodePublicKey.byteCount + PacketLimits.packet

    /// Delivers a packet from a client of another node. The packet is never forwarded again, except to the process that
    /// takes over, which other nodes don't know yet.
    func forwardPacket(_ payload: UnsafeRawBufferPointer) {
        guard let meshPeer = self.meshPeer, let base = payload.baseAddress else { return }
        let source = NodePublicKey(unchecked: base)
        let destination = NodePublicKey(unchecked: base + NodePublicKey.byteCount)
        let packet = UnsafeRawBufferPointer(rebasing: payload[(2 * NodePublicKey.byteCount)...])
        let kind: PacketKind = DiscoPacket.matches(packet) ? .disco : .other
        self.relay.counters.packetsForwardedIn += 1
        self.relay.counters.bytesForwardedIn += UInt64(packet.count)

        guard let (route, target) = meshPeer.flows.route(from: source, to: destination, on: self.relay) else {
            if self.relay.isRetiring, let route = self.relay.route(to: destination), let target = route.target {
                self.relay.forward(packet, from: source, to: destination, kind: kind, by: route, over: target)
                return
            }
            self.relay.counters.drop(.unknownDestinationOnForward, kind, byteCount: packet.count)
            self.tellNotHere(destination, kind)
            return
        }
        if let outbox = route.outbox {
            outbox.append(packet, from: source, kind: kind)
        } else if Int(target.loop) != self.relay.loop.index {
            self.relay.forward(packet, from: source, kind: kind, to: target)
        } else {
            self.relay.counters.drop(.goneDisconnected, kind, byteCount: packet.count)
        }
    }

    /// Tells the mesh peer about every connected client, and then about every change.
    func watch() {
        guard let meshPeer = self.meshPeer else { return }
        meshPeer.wantsFlood = true
        guard !meshPeer.isFlooded else { return }
        meshPeer.isFlooded = true
        Task(executorPreference: self.relay.loop) { await self.flood() }
    }

    /// Tells the mesh peer about all clients as fast as it reads, so that only a part of the list waits in the queue.
    private func flood() async {
        guard let meshPeer = self.meshPeer else { return }
        let forwarder = self.context.forwarder
        while meshPeer.wantsFlood, await forwarder.watch(self.id, key: self.key) {
            meshPeer.wantsFlood = false
            var next: Int? = 0
            while let start = next {
                next = await forwarder.tellPresences(to: self.id, from: start)
                await self.outbox.waitUntilControlIsSent()
            }
        }
        meshPeer.isFlooded = false
    }

    /// Notes that all connections of a key are to be closed. ``closePeers()`` closes them.
    func closePeer(_ payload: UnsafeRawBufferPointer) {
        guard let key = NodePublicKey(payload) else { return }
        self.meshPeer?.closings.append(key)
    }

    /// Closes what the mesh peer wants closed. Nothing is read from it meanwhile, so it can't ask faster than the work
    /// is done.
    func closePeers() async {
        guard let meshPeer = self.meshPeer, !meshPeer.closings.isEmpty else { return }
        let keys = meshPeer.closings
        meshPeer.closings = []
        let counts = await self.context.forwarder.close(keys)
        let peer = self.key
        for (key, count) in zip(keys, counts) {
            self.context.lines.closings.log(
                .info,
                "Closing a client at the request of a mesh peer",
                metadata: ["key": "\(key)", "connections": "\(count)", "mesh_peer": "\(peer)"]
            )
        }
    }
}
