// What frames may be (docs/protocol.md, "Frames").
extension Simulation {
    func checkFrames() throws {
        try self.checkTaken()
        try self.checkRefused()
    }

    /// A packet of any size arrives, also after frames that mean nothing to a server.
    private func checkTaken() throws {
        let sizes = [0, 1, 31, 61, 62, 1400, 65_535, 65_536]
        let packets = sizes.map { size in (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8 &+ size) } }
        let strange = [
            WireFrame(type: 0x77, payload: [UInt8](repeating: 1, count: 300_000)), WireFrame(type: 0xff, payload: []),
            WireFrame(.receivedPacket, [UInt8](repeating: 4, count: 32 + 65_536)), WireFrame(.keepAlive, []),
        ]
        let visitors = self.relays.indices.map { relay in
            self.visit(relay, window: 262_144) { visitor in
                strange.forEach { visitor.send($0) }
                packets.forEach { visitor.send($0, to: visitor.keys.publicKey) }
            }
        }
        try self.pass(milliseconds: 4000)
        for visitor in visitors {
            let come = visitor.packets(from: visitor.keys.publicKey)
            if come != packets {
                self.ledger.violated(
                    "of packets of \(sizes) bytes, those of \(come.map(\.count)) came by relay \(visitor.relay)"
                )
            }
        }
        self.dismiss(visitors)
    }

    /// A frame of a wrong size ends the connection.
    private func checkRefused() throws {
        let sizes: [(kind: WireFrame.Kind, size: Int)] = [
            (.sendPacket, 0), (.sendPacket, 31), (.sendPacket, 32 + 65_537), (.ping, 7), (.ping, 1001),
            (.notePreferred, 0), (.notePreferred, 2), (.keepAlive, 1001), (.receivedPacket, 32 + 65_537),
        ]
        var visitors: [(Visitor, WireFrame.Kind, Int)] = []
        for relay in self.relays.indices {
            for (kind, size) in sizes {
                let visitor = self.visit(relay) { $0.send(WireFrame(kind, [UInt8](repeating: 3, count: size))) }
                visitors.append((visitor, kind, size))
            }
        }
        try self.pass(milliseconds: 4000)
        for (visitor, kind, size) in visitors where visitor.isServed {
            self.ledger.violated("relay \(visitor.relay) took a \(kind) frame of \(size) bytes")
        }
        self.dismiss(visitors.map(\.0))
    }
}
