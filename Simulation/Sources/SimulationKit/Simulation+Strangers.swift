import CSimulatedSystem

// Those who connect, and don't log in.
extension Simulation {
    /// Somebody connects, and says little, a byte a second.
    func dribble(_ bytes: Int, to relay: Int) {
        let path = csim_path(latency: 10_000_000, window: 65536, rate: 0)
        let address = Address.client(60_000)
        let end = ScriptedEnd(csim_connect(address, self.relays[relay].address, Address.port, path))
        self.others[end.number] = end
        self.dribble(bytes, over: end, since: csim_now())
    }

    private func dribble(_ left: Int, over end: ScriptedEnd, since: UInt64) {
        self.timers.after(1_000_000_000) {
            guard end.isOpen else { return }
            // RelayServer.Configuration.loginTimeout is 60 s.
            if csim_now() - since > 66_000_000_000 {
                if end.isServed { self.ledger.violated("a connection that never logged in is open after 66 s") }
                end.close(breaking: true)
            }
            if left > 0 { end.send([UInt8(ascii: "G")]) }
            self.dribble(max(left - 1, 0), over: end, since: since)
        }
    }

    /// The same after the upgrade: a byte a second of ClientInfo.
    func dribbleLogin(_ bytes: Int, to relay: Int) {
        let visitor = self.visit(relay, json: nil) { visitor in
            self.timers.after(Self.longestLogin) {
                if visitor.isServed { self.ledger.violated("a connection that upgraded is open 13 s later") }
                visitor.close(breaking: true)
            }
            for number in 0..<bytes {
                self.timers.after(UInt64(number) * 1_000_000_000) {
                    if visitor.isOpen { visitor.send([number == 0 ? 2 : number == 3 ? 1 : 0]) }
                }
            }
        }
        // It may never have been answered.
        self.timers.after(66_000_000_000) { visitor.close(breaking: true) }
    }

    /// RelayServer.Configuration.handshakeTimeout is 10 s.
    private static let longestLogin: UInt64 = 13_000_000_000
}
