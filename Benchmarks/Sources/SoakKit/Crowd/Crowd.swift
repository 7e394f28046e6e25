import AsyncSockets
@_spi(Benchmarks) import DERPKit
import LoadKit

/// All clients of this process, on several loops.
final class Crowd: Sendable {
    private let plan: CrowdPlan
    private let group: IOLoopGroup
    private let parts: [CrowdPart]

    /// - Parameter group: A group of at least two loops.
    init(_ plan: CrowdPlan, _ settings: CrowdSettings, on group: IOLoopGroup) async {
        self.plan = plan
        self.group = group
        let count = group.loops.count
        self.parts = group.loops.map { CrowdPart(settings, share: 1 / Double(count - 1), on: $0) }
        for (index, part) in self.parts.enumerated() {
            await part.loop.run { Self.fill(part, index, of: count, with: plan) }
        }
    }

    /// Adds a part's clients, and their ends of flows. The last part has the bystanders, so that nobody else's work
    /// delays their pings on this side, and the others share the rest.
    private static func fill(_ part: CrowdPart, _ number: Int, of count: Int, with plan: CrowdPlan) {
        var clients: [Int: SoakClient] = [:]
        for (index, member) in plan.members.enumerated() {
            let place = member.role == .bystander ? count - 1 : index / 2 % (count - 1)
            guard place == number else { continue }
            let client = SoakClient(index, member.node, member.role, member.key, in: part)
            clients[index] = client
            part.add(client)
        }
        for (index, flow) in plan.flows.enumerated() {
            if let sender = clients[flow.sender] {
                var interval: UInt64 = 0
                if case .every(let milliseconds) = flow.pace { interval = milliseconds * 1_000_000 }
                let source = FlowSource(
                    index: index,
                    kind: flow.kind,
                    to: plan.receiverKey(of: flow),
                    size: flow.size,
                    interval: interval
                )
                part.add(source, flow.pace, to: sender)
            }
            guard !flow.isToVictim, let receiver = clients[flow.receiver] else { continue }
            let key = plan.members[flow.sender].key.publicKey
            receiver.sinks[index] = FlowSink(from: key, kind: flow.kind, size: flow.size)
            if case .echo = flow.pace { part.addAnswer(index) }
        }
    }

    /// Runs `body` on each part's loop.
    func forEachPart(_ body: @escaping @Sendable (CrowdPart) -> Void) async {
        for part in self.parts { await part.loop.run { body(part) } }
    }

    /// Returns what `body` returns on each part's loop.
    func map<Value: Sendable>(_ body: @escaping @Sendable (CrowdPart) -> Value) async -> [Value] {
        var values: [Value] = []
        for part in self.parts { values.append(await part.loop.run { body(part) }) }
        return values
    }

    func start() async throws {
        for part in self.parts { try await part.loop.run { Result { try part.start() } }.get() }
    }

    var tally: ClientTally {
        get async { await self.map(\.tally).reduce(ClientTally(), +) }
    }

    /// How many packets were written on connections to the relay.
    func writtenCount() async -> UInt64 { await self.map(\.written).reduce(0, +) }

    /// The times of all pings that came back.
    func pings() async -> CrowdPings {
        let parts = await self.map { part in
            CrowdPings(sent: part.pings, usual: part.roundTrips, moving: part.roundTripsWhileDismissing)
        }
        return CrowdPings(
            sent: parts.reduce(0) { $0 + $1.sent },
            usual: parts.flatMap(\.usual),
            moving: parts.flatMap(\.moving)
        )
    }

    /// How many clients of each server are connected.
    func connectedCount(_ node: SoakClient.Node) async -> Int {
        let counts = await self.map { part in
            part.clients.count { $0.node == node && $0.role != .outlaw && $0.isConnected }
        }
        return counts.reduce(0, +)
    }

    /// How many clients should be connected.
    func memberCount(_ node: SoakClient.Node) -> Int {
        self.plan.members.count { $0.node == node && $0.role != .outlaw }
    }

    /// How many outlaws are connected, and how many are held.
    func outlaws() async -> (connected: Int, held: Int) {
        let counts = await self.map { part in
            let outlaws = part.clients.filter { $0.role == .outlaw }
            return [outlaws.filter(\.isConnected).count, outlaws.filter { $0.isHeld || $0.stream == nil }.count]
        }
        return (counts.reduce(0) { $0 + $1[0] }, counts.reduce(0) { $0 + $1[1] })
    }

    /// Whether servers have read everything that connected clients sent.
    var isConfirmed: Bool {
        get async { await self.map { $0.clients.allSatisfy { !$0.isConnected || $0.isConfirmed } }.allSatisfy(\.self) }
    }

    /// Compares both ends of all flows. Nothing may be on its way.
    func account() async -> CrowdAccount {
        let ends = await self.map { part in
            var ends = CrowdEnds()
            for client in part.clients { ends.add(client) }
            return ends
        }
        return CrowdAccount(self.plan, ends)
    }
}
