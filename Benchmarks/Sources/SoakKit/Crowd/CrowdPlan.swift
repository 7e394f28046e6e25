@_spi(Benchmarks) import DERPKit
import LoadKit

/// Who is in the crowd, and who sends to whom.
struct CrowdPlan: Sendable {
    struct Member: Sendable {
        let node: SoakClient.Node
        let role: SoakClient.Role
        let key: NodePrivateKey
    }

    struct Flow: Sendable {
        /// When a flow sends.
        enum Pace: Hashable, Sendable {
            case every(milliseconds: UInt64)
            /// As fast as it goes, at times.
            case flood
            /// A hundred pings a second between all bystanders.
            case ping
            /// An answer to each packet of the flow with this index.
            case echo(of: Int)
        }

        let sender: Int
        /// The receiver's place among the members, or among the victims.
        let receiver: Int
        let isToVictim: Bool
        let pace: Pace
        let kind: PacketKind
        let size: Int
    }

    private(set) var members: [Member] = []
    /// Clients in a process of their own, which is killed at times. They only receive.
    private(set) var victims: [NodePrivateKey] = []
    private(set) var flows: [Flow] = []

    /// Makes a plan for so many clients, at least 100.
    init(clients: Int) {
        let peers = max(clients / 100, 10)
        let slow = max(clients / 200, 4)
        let senders = min(clients / 10, 400)
        self.victims = (0..<clients / 25).map { _ in NodePrivateKey() }
        let special = peers + slow + Self.outlawCount + Self.bystanderCount + self.victims.count
        let ordinary = self.add(clients - special, .relay, .ordinary)
        let slowOnes = self.add(slow, .relay, .slow)
        _ = self.add(Self.outlawCount, .relay, .outlaw)
        let bystanders = self.add(Self.bystanderCount, .relay, .bystander)
        let atPeer = self.add(peers, .peer, .ordinary)

        for index in 0..<senders {
            // Far apart, so that pairs are on one loop of the server or on two.
            let receiver = ordinary[(index * 7 + senders) % ordinary.count]
            let isDisco = index % 4 == 3
            let size = isDisco ? 128 : [64, 148, 512, 1280][index % 4]
            self.flow(ordinary[index], receiver, .every(milliseconds: 250), isDisco ? .disco : .data, size)
        }
        for (index, client) in slowOnes.enumerated() {
            self.flow(ordinary[index % senders], client, .every(milliseconds: 50), .data, 1000)
            if index < Self.floodCount { self.flow(ordinary[index], client, .flood, .data, 1280) }
        }
        for index in 0..<Self.floodCount {
            self.flow(ordinary[index + Self.floodCount], ordinary[ordinary.count - 1 - index], .flood, .data, 1280)
        }
        for (index, client) in atPeer.enumerated() {
            let other = ordinary[(index * 3) % ordinary.count]
            if index.isMultiple(of: 2) {
                self.flow(client, other, .every(milliseconds: 200), .data, 300)
            } else {
                self.flow(other, client, .every(milliseconds: 200), .data, 300)
            }
        }
        for index in stride(from: 0, to: self.victims.count, by: 4) {
            self.flows.append(
                Flow(
                    sender: ordinary[index % senders],
                    receiver: index,
                    isToVictim: true,
                    pace: .every(milliseconds: 500),
                    kind: .data,
                    size: 200
                )
            )
        }
        for index in stride(from: 0, to: bystanders.count, by: 2) {
            let ping = self.flows.count
            self.flow(bystanders[index], bystanders[index + 1], .ping, .data, 96)
            self.flow(bystanders[index + 1], bystanders[index], .echo(of: ping), .data, 96)
        }
    }

    private static let outlawCount = 5
    private static let bystanderCount = 4
    private static let floodCount = 2

    private mutating func add(_ count: Int, _ node: SoakClient.Node, _ role: SoakClient.Role) -> [Int] {
        let start = self.members.count
        for _ in 0..<count { self.members.append(Member(node: node, role: role, key: NodePrivateKey())) }
        return Array(start..<self.members.count)
    }

    private mutating func flow(_ sender: Int, _ receiver: Int, _ pace: Flow.Pace, _ kind: PacketKind, _ size: Int) {
        guard sender != receiver else { return }
        self.flows.append(
            Flow(sender: sender, receiver: receiver, isToVictim: false, pace: pace, kind: kind, size: size)
        )
    }

    /// The key of the flow's receiver.
    func receiverKey(of flow: Flow) -> NodePublicKey {
        flow.isToVictim ? self.victims[flow.receiver].publicKey : self.members[flow.receiver].key.publicKey
    }

    /// Whether both ends use the relay and are in this process, so that everything about the flow is known.
    func isLocal(_ flow: Flow) -> Bool {
        !flow.isToVictim && self.members[flow.sender].node == .relay && self.members[flow.receiver].node == .relay
    }
}
