import CSimulatedSystem

/// What was sent and what came, and the rules that both must keep (docs/protocol.md, "Relaying").
@MainActor
final class Ledger {
    private var nextNumbers: [Int: UInt64] = [:]
    /// Over which connection each packet came, by sender and number.
    private var deliveries: [Int: [UInt64: UInt64]] = [:]
    /// How long the packets of each client were on their way that came, in nanoseconds, by number.
    private var ages: [Int: [UInt64: UInt64]] = [:]
    /// When each packet was sent, by sender and number, in nanoseconds.
    private var sentTimes: [Int: [UInt64: UInt64]] = [:]
    /// To whom each client ever wrote.
    private(set) var wrote: [Int: Set<Int>] = [:]
    /// How many packets were ever sent to each client.
    private(set) var addressed: [Int: Int] = [:]
    /// When each client was last sent a packet, in nanoseconds, and how many bytes it was sent with little time between.
    private var bursts: [Int: (last: UInt64, bytes: Int)] = [:]
    private(set) var sentCount = 0
    private(set) var deliveredCount = 0
    private(set) var violations: [String] = []

    func violated(_ what: String) {
        guard self.violations.count < 20 else { return }
        self.violations.append("\(Double(csim_now() / 1_000_000) / 1000) s: \(what)")
    }

    /// How many bytes, at most, may still be on their way to a client, or in its queue.
    func pending(to receiver: Int) -> Int {
        guard let burst = self.bursts[receiver], burst.last + Self.longestWay > csim_now() else { return 0 }
        return burst.bytes
    }

    private static let longestWay: UInt64 = 12_000_000_000

    func packet(from connection: Connection, to receiver: Int, size: Int, isDisco: Bool) -> TestPacket {
        self.bursts[receiver] = (csim_now(), self.pending(to: receiver) + size)
        let number = self.nextNumbers[connection.client, default: 0]
        self.nextNumbers[connection.client] = number + 1
        self.sentTimes[connection.client, default: [:]][number] = csim_now()
        self.sentCount += 1
        self.wrote[connection.client, default: []].insert(receiver)
        self.addressed[receiver, default: 0] += 1
        return TestPacket(
            isDisco: isDisco,
            sender: connection.client,
            connection: connection.number,
            receiver: receiver,
            number: number
        )
    }

    /// Notes what came over a connection from the client with the key of `source`.
    ///
    /// - Parameters:
    ///   - isSingle: Whether the receiver is connected to one process only.
    func came(
        _ packet: TestPacket,
        over connection: Connection,
        from source: Int?,
        isSingle: Bool,
        senders: (UInt64) -> Connection?
    ) {
        self.deliveredCount += 1
        csim_note(packet.number)
        if packet.receiver != connection.client || packet.sender != source {
            self.violated(
                "a packet of \(packet.sender) to \(packet.receiver) came to \(connection.client) "
                    + "as one of \(source.map(String.init) ?? "nobody")"
            )
        }
        if self.deliveries[packet.sender, default: [:]].updateValue(connection.number, forKey: packet.number) != nil {
            self.violated("packet \(packet.number) of \(packet.sender) came to \(packet.receiver) twice")
        }
        let sent = self.sentTimes[packet.sender]?[packet.number] ?? 0
        self.ages[packet.sender, default: [:]][packet.number] = csim_now() - sent
        let flow = Connection.Flow(connection: packet.connection, isDisco: packet.isDisco)
        // What was sent before the receiver came may have looked for it elsewhere.
        let wasHere = connection.loggedIn.map { $0 < sent } ?? false
        if let latest = connection.latest[flow], latest >= packet.number, wasHere, isSingle {
            self.violated("packet \(packet.number) of \(packet.sender) came to \(packet.receiver) after \(latest)")
        }
        connection.latest[flow] = max(connection.latest[flow] ?? 0, packet.number)
        connection.sources[packet.sender] = max(connection.sources[packet.sender] ?? 0, packet.connection)
        if let gone = connection.goneTimes[packet.sender], let sender = senders(packet.connection),
            let ended = sender.ended, sender.process == connection.process, ended < gone, wasHere,
            sender.isFirst(for: connection)
        {
            self.violated("packet \(packet.number) of \(packet.sender) came to \(packet.receiver) after PeerGone")
        }
    }

    /// The connection over which a packet came.
    func way(of packet: TestPacket) -> UInt64? { self.deliveries[packet.sender]?[packet.number] }
    func hasCome(_ packet: TestPacket) -> Bool { self.way(of: packet) != nil }
    /// How long a packet was on its way, in nanoseconds. `nil`: it didn't come.
    func age(of packet: TestPacket) -> UInt64? { self.ages[packet.sender]?[packet.number] }
}
