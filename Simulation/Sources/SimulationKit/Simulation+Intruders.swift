// Nobody may do what mesh peers may without the mesh key.
extension Simulation {
    func checkIntruders() throws {
        let (key, victim) = (self.hostileKeys.own.publicKey, self.keys[0].publicKey)
        let watch = WireFrame(type: 0x10, payload: [])
        let close = WireFrame(type: 0x11, payload: victim)
        let forward = WireFrame(type: 0x0a, payload: key + victim + [UInt8](repeating: 7, count: 100))
        let wrong = #"{"version":2,"meshKey":"\#(String(repeating: "a5", count: 32))"}"#
        let deeds = [
            ("watches", nil, watch), ("closes", nil, close), ("forwards", nil, forward),
            ("has a wrong key, and watches", wrong, watch), ("has a wrong key, and closes", wrong, close),
        ]
        var intruders: [(what: String, visitor: Visitor)] = []
        for relay in self.relays.indices {
            for (what, json, frame) in deeds {
                let visitor = self.visit(relay, json: json ?? #"{"version":2}"#) { $0.send(frame) }
                intruders.append((what, visitor))
            }
        }
        try self.pass(milliseconds: 6000)
        for (what, visitor) in intruders {
            if visitor.isServed {
                self.ledger.violated("relay \(visitor.relay) keeps somebody without the mesh key who \(what)")
            }
            if !visitor.frames(of: .peerPresent).isEmpty {
                self.ledger.violated("relay \(visitor.relay) told somebody who \(what) of its clients")
            }
        }
        self.dismiss(intruders.map(\.visitor))
    }
}
