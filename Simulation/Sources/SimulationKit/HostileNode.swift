import CSimulatedSystem
import DERPKit
import Stories

/// Keys that only those know who mean no good.
@MainActor
struct HostileKeys {
    let own = ClientKeys()
    let claimed: [[UInt8]] = (0..<300).map { _ in ClientKeys().publicKey }

    func has(_ key: [UInt8]) -> Bool { key == self.own.publicKey || self.claimed.contains(key) }
    var anyClaimed: [UInt8] { self.claimed[Int(csim_random() % UInt64(self.claimed.count))] }
}

/// A node of the mesh that relays dial, and that lies.
final class HostileNode: ScriptedEnd {
    private let keys: HostileKeys
    private var hasUpgraded = false

    init(_ number: UInt64, _ keys: HostileKeys) {
        self.keys = keys
        super.init(number)
    }

    override func readable() {
        self.receive()
        if !self.hasUpgraded {
            guard let end = self.received.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            self.received.removeSubrange(..<end.upperBound)
            self.hasUpgraded = true
            self.send(Array("HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n".utf8))
            self.send(WireFrame(.serverKey, Array("DERP🔑".utf8) + self.keys.own.publicKey).encoded)
        }
        var start = 0
        while let frame = WireFrame.take(from: self.received, at: &start) { self.handle(frame) }
        if self.isOpen { self.received.removeSubrange(..<start) }
    }

    private func handle(_ frame: WireFrame) {
        switch frame.kind {
        case .clientInfo where frame.payload.count > 32:
            self.send(self.keys.own.serverInfo(for: Array(frame.payload[..<32])))
            self.announce()
        case .ping: self.send(WireFrame(.pong, frame.payload).encoded)
        default: break
        }
    }

    /// Says that clients are there, and that some of them are gone.
    func announce() {
        for key in self.keys.claimed {
            self.send(WireFrame(.peerPresent, key + [UInt8](repeating: 0, count: 19)).encoded)
        }
        for key in self.keys.claimed.prefix(Int(csim_random() % 300)) {
            self.send(WireFrame(.peerGone, key + [0]).encoded)
        }
    }

    func perform(_ deed: Story.HostileDeed) {
        switch deed {
        case .announce, .watch, .closePeers: self.announce()
        case .forward:
            for _ in 0..<50 {
                self.send(WireFrame(.receivedPacket, self.keys.anyClaimed + [UInt8](repeating: 7, count: 200)).encoded)
            }
        default: self.misbehave(deed)
        }
    }
}

/// Somebody who has the mesh key, and logs in as another node.
final class HostilePeer: ScriptedEnd {
    private let keys: HostileKeys
    private let victims: [[UInt8]]
    private let deed: Story.HostileDeed
    private let timers: Timers
    private var hasUpgraded = false

    init(_ number: UInt64, _ keys: HostileKeys, _ deed: Story.HostileDeed, victims: [[UInt8]], timers: Timers) {
        self.keys = keys
        self.deed = deed
        self.victims = victims
        self.timers = timers
        super.init(number)
        // Somebody ends it at some time.
        timers.after(20_000_000_000) { self.close(breaking: true) }
    }

    override func connected() { self.send(Self.upgrade) }

    override func readable() {
        self.receive()
        var start = 0
        while let frame = WireFrame.take(from: self.received, at: &start) { self.handle(frame) }
        if self.isOpen { self.received.removeSubrange(..<start) }
    }

    private func handle(_ frame: WireFrame) {
        switch frame.kind {
        case .serverKey:
            let meshKey = String(repeating: "5a", count: 32)
            self.send(
                self.keys.own.clientInfo(
                    for: Array(frame.payload.suffix(32)),
                    json: #"{"version":2,"meshKey":"\#(meshKey)"}"#
                )
            )
        case .serverInfo:
            self.send(WireFrame(type: 0x10, payload: []).encoded)
            self.goOn(20)
        case .ping: self.send(WireFrame(.pong, frame.payload).encoded)
        default: break
        }
    }

    private func goOn(_ rounds: Int) {
        guard self.isOpen, rounds > 0 else { return }
        self.perform()
        self.timers.after(50_000_000 + csim_random() % 400_000_000) { self.goOn(rounds - 1) }
    }

    private func perform() {
        guard self.unsentCount < 1 << 20 else { return }
        let victim = self.victims[Int(csim_random() % UInt64(self.victims.count))]
        switch self.deed {
        case .watch, .announce:
            for _ in 0..<20 { self.send(WireFrame(type: 0x10, payload: []).encoded) }
        case .forward:
            for _ in 0..<40 {
                let payload = self.keys.anyClaimed + victim + [UInt8](repeating: 7, count: 900)
                self.send(WireFrame(type: 0x0a, payload: payload).encoded)
            }
        case .closePeers: self.send(WireFrame(type: 0x11, payload: victim).encoded)
        default: self.misbehave(self.deed)
        }
    }
}

extension ScriptedEnd {
    /// What both do.
    fileprivate func misbehave(_ deed: Story.HostileDeed) {
        switch deed {
        case .garbage:
            self.send((0..<200).map { _ in UInt8(truncatingIfNeeded: csim_random()) })
        case .cut:
            self.send([0x05, 0, 0, 4, 0] + [UInt8](repeating: 1, count: Int(csim_random() % 900)))
            self.close()
        // Nothing is taken from the connection for a while.
        case .stopReading: csim_stall(self.number, csim_now() + 4_000_000_000)
        default: break
        }
    }
}
