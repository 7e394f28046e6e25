@_spi(Benchmarks) import DERPKit

extension Attack {
    static let keepAlives = Self.node(
        "node-keep-alives",
        "KeepAlives without end, in the handshake, before it says whether the link is let in"
    ) { node, wire, field in
        guard node.greet(wire) else { return }
        // Until the attack begins, the node only looks slow.
        while !field.hasBegun { field.sleep(0.01) }
        let many = (0..<4000).flatMap { _ in Frame.keepAlive }
        while !field.isOver, wire.send(many) {}
    }

    static let endlessHead = Self.node("node-head", "an HTTP response's head without end") { _, wire, field in
        guard HostileServer.request(on: wire) != nil else { return }
        while !field.hasBegun { field.sleep(0.01) }
        _ = wire.send(Array("HTTP/1.1 101 Switching Protocols\r\n".utf8))
        let many = (0..<2000).flatMap { _ in Array("a: b\r\n".utf8) }
        while !field.isOver, wire.send(many) {}
    }

    static let healthFrames = Self.node("node-health", "Health frames of 60,000 bytes without end") {
        node,
        wire,
        field in
        Self.floodLink(node, wire, field, Frame.health(String(repeating: "ill ", count: 15_000)))
    }

    static let linkPings = Self.node("node-pings", "pings without end") { node, wire, field in
        Self.floodLink(node, wire, field, (0..<4000).flatMap { _ in Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8]) })
    }

    static let presences = Self.node("node-presences", "PeerPresent frames, each for another key, without end") {
        node,
        wire,
        field in
        Self.floodLink(node, wire, field) {
            (0..<500).flatMap { _ in Frame.peerPresent(PeerPresence(key: RelayClient.strangerKey())) }
        }
    }

    static let goners = Self.node("node-goners", "PeerGone frames for keys that were never there, without end") {
        node,
        wire,
        field in
        Self.floodLink(node, wire, field) {
            (0..<500).flatMap { _ in Frame.peerGone(RelayClient.strangerKey(), .disconnected) }
        }
    }

    private static func floodLink(_ node: HostileNode, _ wire: Wire, _ field: Field, _ many: [UInt8]) {
        self.floodLink(node, wire, field) { many }
    }

    private static func floodLink(_ node: HostileNode, _ wire: Wire, _ field: Field, _ many: () -> [UInt8]) {
        guard node.greet(wire), node.admit(wire), node.behave(wire, field) else { return }
        while !field.isOver, wire.send(many()), wire.discard() {}
    }

    /// Makes an attack by a node, which handles each link that the relay makes to it.
    private static func node(
        _ name: String,
        _ what: String,
        serve: @escaping @Sendable (HostileNode, Wire, Field) -> Void
    ) -> Attack {
        let node = HostileNode()
        return .waiting(
            name,
            .trusted,
            "a node of the mesh, to which the relay connects, sends \(what)",
            settings: meshSettings(["-mesh-with", "http://127.0.0.1:{side-port}"]),
            // A link that broke in the meantime is made again after 5 to 6 s.
            leastSeconds: 12
        ) { wire, field in serve(node, wire, field) }
    }
}
