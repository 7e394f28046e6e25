import Stories

// What waits for somebody who doesn't read (docs/protocol.md, "Relaying").
extension Simulation {
    /// The queue has 192 KiB, and drops its oldest packets.
    func checkQueues() throws {
        // A rate would have packets come later, and a client on a slow line has another queue.
        guard self.story.features.contains(.patience), !self.story.features.contains(.rates) else { return }
        let window = 65_536
        let pairs = self.relays.indices.map {
            (receiver: self.visit($0, window: window), sender: self.visit($0, window: 262_144))
        }
        try self.pass(milliseconds: 1000)
        for (receiver, sender) in pairs {
            receiver.isDeaf = true
            for number in 0..<Self.packetCount {
                let packet = [UInt8(number >> 8), UInt8(number & 0xff)] + [UInt8](repeating: 6, count: Self.packetSize)
                sender.send(packet, to: receiver.keys.publicKey)
            }
        }
        // Less than the write timeout.
        try self.pass(milliseconds: 1500)
        let isSent = pairs.map { $0.sender.unsentCount == 0 }
        for (receiver, _) in pairs {
            receiver.isDeaf = false
            receiver.readable()
        }
        try self.pass(milliseconds: 1000)
        for ((receiver, sender), isSent) in zip(pairs, isSent) where isSent {
            let packets = receiver.packets(from: sender.keys.publicKey)
            let size = packets.reduce(0) { $0 + $1.count + 37 }
            // A frame that the window cuts is kept apart.
            let limit = window + 192 << 10 + 2 * (Self.packetSize + 39)
            if size > limit || size < 192 << 10 {
                self.ledger.violated("\(size) bytes came by relay \(receiver.relay) to somebody who didn't read")
            }
            let last = Self.packetCount - 1
            if packets.last?.starts(with: [UInt8(last >> 8), UInt8(last & 0xff)]) != true {
                self.ledger.violated(
                    "relay \(receiver.relay) dropped the newest packet to somebody who didn't read, not the oldest"
                )
            }
        }
        self.dismiss(pairs.flatMap { [$0.receiver, $0.sender] })
    }

    private static let packetCount = 600
    private static let packetSize = 1398
}
