/// What is done to the world, and when. A seed makes one; a failing one is made shorter.
package struct Story: Sendable {
    package struct Event: Sendable, CustomStringConvertible {
        /// In nanoseconds of simulated time.
        package let time: UInt64
        package let deed: Deed

        package var description: String { "at \(Double(self.time / 1_000_000) / 1000) s: \(self.deed)" }
    }

    package enum Deed: Sendable {
        case connect(client: Int)
        case leave(client: Int, breaking: Bool)
        /// It loses power, and comes back without having left.
        case vanish(client: Int)
        /// It leaves, and never comes back.
        case retire(client: Int)
        /// A second connection with the same key.
        case double(client: Int)
        case send(from: Int, to: Int, count: Int, size: Int, disco: Bool)
        case stall(client: Int, milliseconds: Int)
        case stopRelay(Int)
        case killRelay(Int)
        case startRelay(Int)
        /// One of its processes ends where it is.
        case crashRelay(Int, newest: Bool)
        /// A new process takes over from the one that serves.
        case takeOver(Int)
        case part(Int, Int)
        case heal(Int, Int)
        case breakLink(Int, Int)
        case deny(client: Int)
        case allow(client: Int)
        case judge(milliseconds: Int, isBroken: Bool)
        case shiftClock(seconds: Int)
        case faults(perMillion: Int)
        /// Somebody connects, and says this many bytes, one a second.
        case dribble(relay: Int, bytes: Int)
    }

    package let relays: Int
    package let clients: Int
    package var events: [Event]
    /// When nothing is done any more, in nanoseconds.
    package let end: UInt64

    /// Makes up a story.
    package init(seed: UInt64, relays: Int, clients: Int, seconds: Int) {
        var chance = Seeded(seed)
        self.relays = relays
        self.clients = clients
        self.end = UInt64(seconds) * 1_000_000_000 + Self.start
        var events: [Event] = []
        for client in 0..<clients {
            events.append(Event(time: Self.start + chance.next() % 2_000_000_000, deed: .connect(client: client)))
        }
        let count = seconds * (10 + clients / 4)
        for _ in 0..<count {
            let time = Self.start + chance.next() % (self.end - Self.start)
            let deed = Self.deed(&chance, relays: relays, clients: clients)
            events.append(Event(time: time, deed: deed))
            // What is broken is mended some time later.
            let later = time + 100_000_000 + chance.next() % 8_000_000_000
            switch deed {
            case .stopRelay(let relay), .killRelay(let relay), .crashRelay(let relay, _):
                events.append(Event(time: later, deed: .startRelay(relay)))
            case .part(let one, let other): events.append(Event(time: later, deed: .heal(one, other)))
            case .deny(let client): events.append(Event(time: later, deed: .allow(client: client)))
            case .judge: events.append(Event(time: later, deed: .judge(milliseconds: 0, isBroken: false)))
            case .faults: events.append(Event(time: later, deed: .faults(perMillion: 0)))
            default: break
            }
        }
        self.events = events.sorted { $0.time < $1.time }
    }

    static let start: UInt64 = 2_000_000_000

    private static func deed(_ chance: inout Seeded, relays: Int, clients: Int) -> Deed {
        let client = Int.random(in: 0..<clients, using: &chance)
        let other = Int.random(in: 0..<clients, using: &chance)
        let relay = Int.random(in: 0..<relays, using: &chance)
        let second = Int.random(in: 0..<relays, using: &chance)
        switch Int.random(in: 0..<1000, using: &chance) {
        case ..<8: return .takeOver(relay)
        case ..<12: return .crashRelay(relay, newest: client % 2 == 0)
        case ..<650:
            let sizes = [62, 100, 1400, 9000, 60_000]
            return .send(
                from: client,
                to: other,
                count: Int.random(in: 1...30, using: &chance),
                size: sizes[Int.random(in: 0..<sizes.count, using: &chance)],
                disco: Int.random(in: 0..<4, using: &chance) == 0
            )
        case ..<665: return .vanish(client: client)
        case ..<770: return .leave(client: client, breaking: Bool.random(using: &chance))
        case ..<850: return .double(client: client)
        case ..<900: return .stall(client: client, milliseconds: Int.random(in: 10...4000, using: &chance))
        case ..<920: return .deny(client: client)
        case ..<930: return .judge(milliseconds: Int.random(in: 0...9000, using: &chance), isBroken: client % 2 == 0)
        case ..<950: return .faults(perMillion: Int.random(in: 100...100_000, using: &chance))
        case ..<965: return .dribble(relay: relay, bytes: Int.random(in: 0...80, using: &chance))
        case ..<966 where client % 8 == 7: return .retire(client: client)
        case ..<970: return .shiftClock(seconds: Int.random(in: -7200...7200, using: &chance))
        case ..<980: return relay == second ? .stopRelay(relay) : .breakLink(relay, second)
        case ..<990: return relay == second ? .killRelay(relay) : .part(relay, second)
        default: return .stall(client: client, milliseconds: 20)
        }
    }
}
