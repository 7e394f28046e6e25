import CSimulatedSystem
import DERPKit
import Stories

// What a story does to the world.
extension Simulation {
    func perform(_ deed: Story.Deed) throws {
        switch deed {
        case .connect(let client):
            self.wants[client] = !self.retired.contains(client)
            if self.wants[client], self.open[client].isEmpty { self.connect(client) }
        case .leave(let client, let breaking):
            if !breaking { self.sayLastWords(client) }
            for connection in self.open[client] { connection.close(breaking: breaking) }
            self.open[client] = []
            self.retryLater(client)
        case .vanish(let client):
            for connection in self.open[client] { connection.vanish() }
            self.open[client] = []
            self.retryLater(client)
        case .retire(let client):
            self.wants[client] = false
            self.retired.insert(client)
            for connection in self.open[client] { connection.close(breaking: false) }
            self.open[client] = []
        case .double(let client):
            if self.wants[client], self.open[client].count < 3 { self.connect(client) }
        case .send(let sender, let receiver, let count, let size, let disco):
            self.send(from: sender, to: receiver, count: count, size: size, isDisco: disco)
        case .stall(let client, let milliseconds):
            for connection in self.open[client] {
                connection.stall(until: csim_now() + UInt64(milliseconds) * 1_000_000)
            }
        case .stopRelay(let index): self.relays[index].stop()
        case .crashRelay(let index, let isNewest):
            let relay = self.relays[index]
            if let process = isNewest ? relay.processes.last : relay.processes.first { relay.crash(process) }
        case .takeOver(let index): self.takeOver(index)
        case .killRelay(let index):
            self.relays[index].kill()
            // Nobody is told. Clients notice sooner or later.
            for client in self.open.indices {
                for connection in self.open[client] where connection.relay == index { connection.close(breaking: true) }
                self.open[client].removeAll { !$0.isOpen }
                if self.open[client].isEmpty { self.retryLater(client) }
            }
        case .startRelay(let index): self.startRelay(index)
        case .part(let one, let other): csim_part(Address.relay(one), Address.relay(other))
        case .heal(let one, let other): csim_heal(Address.relay(one), Address.relay(other))
        case .breakLink(let one, let other): csim_break(Address.relay(one), Address.relay(other))
        case .deny(let client): self.decide(client, isDenied: true)
        case .allow(let client): self.decide(client, isDenied: false)
        case .judge(let milliseconds, let isBroken):
            self.judge.state.withLock {
                $0.delay = .milliseconds(milliseconds)
                $0.isBroken = isBroken
            }
        case .shiftClock(let seconds): csim_shift_wall_clock(Int64(seconds) * 1_000_000_000)
        case .faults(let rate):
            self.faultsEnd = rate > 0 ? .max : csim_now() + 10_000_000_000
            Self.setFaults(perMillion: rate)
        case .mood(let kind, let mood): (kind == .maps ? self.maps : self.controller)?.mood = mood
        case .resolver(let milliseconds, let isFailing):
            csim_set_resolver(UInt64(milliseconds) * 1_000_000, isFailing ? 1 : 0)
        case .newMap: self.mapNumber += 1
        case .controllerDenies(let client, let isDenied): self.controllerDenies[client] = isDenied ? csim_now() : nil
        case .list(let client, let isListed): self.list(client, isListed)
        case .breakFile(let kind): self.write(kind, isWhole: false)
        case .mendFile(let kind): self.write(kind)
        case .limitRates(let rate):
            self.rate = rate
            self.write(.rates)
        case .askAddress(let client, let relay): self.askAddress(client, relay)
        case .hostileNode(let deed, let relay): self.attack(deed, relay)
        case .sendAstray(let client, let count):
            guard let connection = self.open[client].last(where: \.isLoggedIn) else { return }
            for _ in 0..<count {
                let payload = self.hostileKeys.anyClaimed + [UInt8](repeating: 9, count: 300)
                connection.say(WireFrame(.sendPacket, payload).encoded)
            }
        case .dribble(let relay, let bytes, let isUpgraded):
            guard self.relays[relay].isUp else { return }
            if isUpgraded { self.dribbleLogin(bytes, to: relay) } else { self.dribble(bytes, to: relay) }
        }
    }

    /// Threads get no processor now and then, whatever else is broken.
    static func setFaults(perMillion rate: Int, pauses: Int = 3000) {
        for fault in 0..<UInt32(CSIM_FAULT_COUNT.rawValue) { csim_set_fault(csim_fault(fault), UInt32(rate)) }
        csim_set_fault(CSIM_PAUSE, UInt32(max(rate, pauses)))
    }

    private func attack(_ deed: Story.HostileDeed, _ relay: Int) {
        for case let node as HostileNode in self.others.values { node.perform(deed) }
        let path = csim_path(latency: 3_000_000, window: 65_536, rate: 0)
        let peer = HostilePeer(
            csim_connect(Address.client(60_002), self.relays[relay].address, Address.port, path),
            self.hostileKeys,
            deed,
            victims: self.keys.map(\.publicKey),
            timers: self.timers
        )
        self.others[peer.number] = peer
    }

    func startRelay(_ index: Int) {
        do {
            if try self.relays[index].start() { return }
        } catch {
            if !self.areFaultsOn, !self.isAnyFileBroken {
                self.ledger.violated("relay \(index) doesn't start: \(error)")
            }
        }
        self.restartLater(index)
    }

    func takeOver(_ index: Int) {
        do {
            try self.relays[index].takeOver()
        } catch {
            if !self.areFaultsOn, !self.isAnyFileBroken {
                self.ledger.violated("relay \(index) can't be taken over: \(error)")
            }
        }
    }

    func decide(_ client: Int, isDenied: Bool) {
        guard let key = NodePublicKey(self.keys[client].publicKey) else { return }
        self.judge.state.withLock {
            if isDenied { $0.denied.insert(key) } else { $0.denied.remove(key) }
        }
        for relay in self.relays {
            for process in relay.processes {
                process.run {
                    await $0.forgetDecisions(about: key)
                    if isDenied { await $0.disconnect(key, reason: "no longer welcome") }
                }
            }
        }
        self.deniedSince[client] = isDenied ? csim_now() : nil
        self.lastDenials[client] = csim_now()
    }
}
