// How deeds are made up.
extension Story {
    /// What clients do.
    static func clientDeed(_ chance: inout Seeded, relays: Int, clients: Int) -> Deed {
        let client = Int.random(in: 0..<clients, using: &chance)
        let other = Int.random(in: 0..<clients, using: &chance)
        switch Int.random(in: 0..<1000, using: &chance) {
        case ..<700:
            let sizes = [62, 100, 1400, 9000, 60_000, 65_536]
            return .send(
                from: client,
                to: other,
                count: Int.random(in: 1...30, using: &chance),
                size: sizes[Int.random(in: 0..<sizes.count, using: &chance)],
                disco: Int.random(in: 0..<4, using: &chance) == 0
            )
        case ..<715: return .vanish(client: client)
        case ..<820: return .leave(client: client, breaking: Bool.random(using: &chance))
        case ..<890: return .double(client: client)
        case ..<960:
            let longest = Int.random(in: 0..<4, using: &chance) == 0 ? 12_000 : 4000
            return .stall(client: client, milliseconds: Int.random(in: 10...longest, using: &chance))
        case ..<961 where client % 8 == 7: return .retire(client: client)
        case ..<985: return .deny(client: client)
        default:
            let relay = Int.random(in: 0..<relays, using: &chance)
            let bytes = Int.random(in: 0...80, using: &chance)
            return .dribble(relay: relay, bytes: bytes, isUpgraded: Bool.random(using: &chance))
        }
    }

    /// What happens to relays, and to the ways between them.
    static func relayDeed(_ chance: inout Seeded, relays: Int) -> Deed {
        let relay = Int.random(in: 0..<relays, using: &chance)
        let second = Int.random(in: 0..<relays, using: &chance)
        let isFirst = Bool.random(using: &chance)
        switch Int.random(in: 0..<100, using: &chance) {
        case ..<25: return .takeOver(relay)
        case ..<32: return .crashRelay(relay, newest: isFirst)
        case ..<40: return .stopRelay(relay)
        case ..<48: return .killRelay(relay)
        case ..<58 where relay != second: return .breakLink(relay, second)
        case ..<68 where relay != second: return .part(relay, second)
        case ..<84: return .faults(perMillion: Int.random(in: 100...100_000, using: &chance))
        case ..<94: return .judge(milliseconds: Int.random(in: 0...9000, using: &chance), isBroken: isFirst)
        default: return .shiftClock(seconds: Int.random(in: -7200...7200, using: &chance))
        }
    }

    /// Some write to one, more than its queue holds, and leave. It may be one that takes nothing for longer than it may.
    static func crowd(_ chance: inout Seeded, at time: UInt64, clients: Int) -> [Event] {
        let receiver = Int.random(in: 0..<clients, using: &chance)
        let stall = Event(time: time, deed: .stall(client: receiver, milliseconds: 8000))
        let start = Int.random(in: 0..<4, using: &chance) == 0 ? [stall] : []
        return start
            + (0..<3).flatMap { _ in
                let sender = Int.random(in: 0..<clients, using: &chance)
                // Frames of 8192 bytes, and a little more, fill a queue to the last byte.
                let size = Bool.random(using: &chance) ? 1400 : 8155 + Int.random(in: 0...3, using: &chance)
                let leaving = time + 1_000_000 + chance.next() % 400_000_000
                return [
                    Event(time: time, deed: .send(from: sender, to: receiver, count: 30, size: size, disco: false)),
                    Event(time: time, deed: .send(from: sender, to: receiver, count: 20, size: 1400, disco: true)),
                    Event(time: leaving, deed: .leave(client: sender, breaking: Bool.random(using: &chance))),
                ]
            }
    }

    /// Somebody takes nothing for a while. Some write much to it; one a large packet and packets of path discovery, and
    /// leaves; and others so much that there is no room any more. It may be over before packets are too old.
    static func hoard(_ chance: inout Seeded, at time: UInt64, clients: Int) -> [Event] {
        let receiver = Int.random(in: 0..<clients, using: &chance)
        let leaver = Int.random(in: 0..<clients, using: &chance)
        let isQuick = Bool.random(using: &chance)
        let step: UInt64 = isQuick ? 15 : 200
        let stall = Deed.stall(
            client: receiver,
            milliseconds: isQuick
                ? Int.random(in: 200...320, using: &chance) : Int.random(in: 1000...1900, using: &chance)
        )
        func send(_ client: Int, _ count: Int, _ size: Int, disco: Bool = false) -> Deed {
            .send(from: client, to: receiver, count: count, size: size, disco: disco)
        }
        var deeds = [(UInt64(0), stall)]
        for _ in 0..<2 { deeds.append((0, send(Int.random(in: 0..<clients, using: &chance), 30, 1400))) }
        deeds.append((150, send(leaver, Int.random(in: 1...5, using: &chance), 1400, disco: true)))
        deeds.append((150, send(leaver, 1, 60_000)))
        deeds.append((150 + step, .leave(client: leaver, breaking: Bool.random(using: &chance))))
        for _ in 0..<4 { deeds.append((150 + 2 * step, send(Int.random(in: 0..<clients, using: &chance), 6, 9000))) }
        return deeds.map { Event(time: time + $0 * 1_000_000, deed: $1) }
    }

    /// What the world around them does. `nil`: nothing, in this story.
    static func worldDeed(
        _ chance: inout Seeded,
        _ features: StoryFeatures,
        relays: Int,
        clients: Int
    ) -> Deed? {
        let client = Int.random(in: 0..<clients, using: &chance)
        let relay = Int.random(in: 0..<relays, using: &chance)
        let isWanted = Bool.random(using: &chance)
        switch Int.random(in: 0..<100, using: &chance) {
        case ..<10 where features.contains(.controller): return .controllerDenies(client: client, true)
        case ..<14 where features.contains(.controller): return .mood(.controller, Self.mood(&chance))
        case 20..<30 where features.contains(.denyList): return .list(client: client, true)
        case 30..<35 where features.contains(.denyList): return .breakFile(.denyList)
        case 35..<45 where features.contains(.maps): return isWanted ? .newMap : .breakFile(.map)
        case 45..<49 where features.contains(.maps): return .mood(.maps, Self.mood(&chance))
        case 49..<51 where !features.isDisjoint(with: [.maps, .controller]):
            return .resolver(milliseconds: Int.random(in: 0...20_000, using: &chance), isFailing: isWanted)
        case 51..<60 where features.contains(.rates):
            return isWanted
                ? .limitRates(bytesPerSecond: Int.random(in: 500_000...5_000_000, using: &chance)) : .breakFile(.rates)
        case 60..<75 where features.contains(.datagrams): return .askAddress(client: client, relay: relay)
        case 75..<95 where features.contains(.hostileNodes):
            guard let deed = HostileDeed.allCases.randomElement(using: &chance) else { return nil }
            return .hostileNode(deed, relay: relay)
        case 95... where features.contains(.hostileNodes):
            return .sendAstray(from: client, count: Int.random(in: 1...20, using: &chance))
        default: return nil
        }
    }

    private static func mood(_ chance: inout Seeded) -> ServiceMood {
        let moods: [ServiceMood] = [
            .slow(milliseconds: Int.random(in: 100...9000, using: &chance)), .silent, .garbage, .failing, .cut,
            .endless,
        ]
        return moods[Int.random(in: 0..<moods.count, using: &chance)]
    }
}
