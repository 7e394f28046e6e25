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
        /// Somebody connects, and says this many bytes, one a second. They may be those after an upgrade.
        case dribble(relay: Int, bytes: Int, isUpgraded: Bool)
        case mood(ServiceKind, ServiceMood)
        /// How the system's resolver answers.
        case resolver(milliseconds: Int, isFailing: Bool)
        /// The server of maps has a new one.
        case newMap
        /// The controller denies a client, or no longer does.
        case controllerDenies(client: Int, Bool)
        /// A client is put on the list of those that are refused, or is taken off.
        case list(client: Int, Bool)
        /// A file is cut short, as if somebody were writing it.
        case breakFile(FileKind)
        case mendFile(FileKind)
        case limitRates(bytesPerSecond: Int)
        /// A client asks a relay for its address, by STUN.
        case askAddress(client: Int, relay: Int)
        case hostileNode(HostileDeed, relay: Int)
        /// A client writes to a key that only the hostile node claims to know.
        case sendAstray(from: Int, count: Int)
    }

    package enum FileKind: CaseIterable, Sendable {
        case denyList, map, rates
    }

    /// What somebody with the mesh key does.
    package enum HostileDeed: CaseIterable, Sendable {
        /// It asks for everything again and again.
        case watch
        /// It forwards packets that nobody sent.
        case forward
        /// It closes clients' connections.
        case closePeers
        /// It says that many clients are there, and that they are gone.
        case announce
        /// It sends frames that mean nothing.
        case garbage
        /// It takes nothing any more.
        case stopReading
        /// It ends in the middle of a frame.
        case cut
    }

    package let relays: Int
    package let clients: Int
    package let features: StoryFeatures
    package var events: [Event]
    /// When nothing is done any more, in nanoseconds.
    package let end: UInt64

    /// Makes up a story.
    package init(seed: UInt64, relays: Int, clients: Int, seconds: Int) {
        var chance = Seeded(seed)
        let features = StoryFeatures.chosen(by: seed)
        self.features = features
        self.relays = relays
        self.clients = clients
        self.end = UInt64(seconds) * 1_000_000_000 + Self.start
        var events: [Event] = []
        for client in 0..<clients {
            events.append(Event(time: Self.start + chance.next() % 2_000_000_000, deed: .connect(client: client)))
        }
        func time() -> UInt64 { Self.start + chance.next() % (UInt64(seconds) * 1_000_000_000) }
        for _ in 0..<seconds * (8 + clients / 4) {
            events.append(Event(time: time(), deed: Self.clientDeed(&chance, relays: relays, clients: clients)))
        }
        for _ in 0..<seconds / 2 {
            events.append(Event(time: time(), deed: Self.relayDeed(&chance, relays: relays)))
            events += Self.crowd(&chance, at: time(), clients: clients)
        }
        for _ in 0..<seconds / 8 { events += Self.hoard(&chance, at: time(), clients: clients) }
        for _ in 0..<2 * seconds {
            guard let deed = Self.worldDeed(&chance, features, relays: relays, clients: clients) else { continue }
            events.append(Event(time: time(), deed: deed))
        }
        // What is broken is mended some time later.
        events += events.compactMap { event in
            let later = event.time + 100_000_000 + chance.next() % event.deed.longestUntilMended
            return event.deed.mending.map { Event(time: later, deed: $0) }
        }
        self.events = events.sorted { $0.time < $1.time }
    }

    static let start: UInt64 = 2_000_000_000
}
