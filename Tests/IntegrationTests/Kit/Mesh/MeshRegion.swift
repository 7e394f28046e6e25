import Foundation

/// A region of several nodes that know each other, each a process of its own.
final class MeshRegion {
    /// The key that the nodes share, as its file has it.
    let meshKey: String
    private let options: [ServerOptions]
    private(set) var nodes: [ServerProcess]

    /// Starts `count` nodes over plain HTTP, and returns when all are linked with each other.
    init(count: Int = 3, started: Int? = nil) throws {
        let meshKey = Hexadecimal.encode(TestKey.random(32))
        let reservations = try (0..<count).map { _ in try PortReservation(.tcp) }
        let ports = reservations.map(\.port)
        let list = ports.map { "http://127.0.0.1:\($0)" }.joined(separator: ",")
        self.meshKey = meshKey
        self.options = try ports.map { port in
            let directory = try TemporaryDirectory()
            try directory.write(" \(meshKey)\n", to: "mesh.key")
            return ServerOptions.plain.with {
                $0.ports = ServerOptions.Ports(relay: port, helper: 1, stun: 1)
                $0.directory = directory
                $0.flags = ["-mesh-psk-file", directory.file("mesh.key").path, "-mesh-with", list]
            }
        }
        reservations.forEach { $0.release() }
        self.nodes = try self.options.prefix(started ?? count).map { try ServerProcess($0) }
        try self.waitUntilLinked()
    }

    /// Starts the next node that wasn't started yet.
    func startNext() throws {
        self.nodes.append(try ServerProcess(self.options[self.nodes.count]))
    }

    /// Starts a node that has ended anew.
    func restart(_ index: Int) throws {
        self.nodes[index] = try ServerProcess(self.options[index])
    }

    /// Returns when every node that runs has its links to all others that do.
    func waitUntilLinked(within limit: Duration = .seconds(30)) throws {
        let running = self.nodes.filter(\.isRunning)
        for node in running {
            try eventually("the node is linked with all others", within: limit) {
                try Self.links(of: node, .up) == running.count - 1
            }
        }
    }

    enum LinkState: String {
        case up, down
        case ownNode = "own_node"
    }

    /// How many of a node's links are in a state.
    static func links(of node: ServerProcess, _ state: LinkState) throws -> Int {
        Int(try MetricsReading(of: node).total("derp_mesh_links", "state=\"\(state.rawValue)\""))
    }

    /// How many keys a node knows to be at others. The nodes' own are among them.
    static func remoteClients(of node: ServerProcess) throws -> Int {
        Int(try MetricsReading(of: node).total("derp_mesh_remote_clients"))
    }

    /// Returns when every node that runs knows whom each of the others has.
    func settle(within limit: Duration = .seconds(15)) throws {
        let running = self.nodes.filter(\.isRunning)
        for node in running {
            try eventually("all nodes know the clients of the one on port \(node.port)", within: limit) {
                // The others' links are clients too.
                let expected = try Self.clients(of: node)
                return try running.filter { $0.port != node.port }.allSatisfy {
                    let label = "node=\"127.0.0.1:\(node.port)\""
                    return try MetricsReading(of: $0).total("derp_mesh_link_clients", label) == Double(expected)
                }
            }
        }
    }

    /// How many keys are connected to a node.
    static func clients(of node: ServerProcess) throws -> Int {
        Int(try MetricsReading(of: node).total("derp_clients"))
    }

    /// Connects a client, and returns when all nodes that run can reach it.
    func connect(to index: Int, key: TestKey = TestKey()) throws -> RawDERPClient {
        let client = try RawDERPClient(self.nodes[index], key: key)
        try self.settle()
        return client
    }

    /// Has a client of a node leave, and returns when all nodes know.
    func disconnect(_ client: RawDERPClient, from index: Int) throws {
        let count = try Self.clients(of: self.nodes[index])
        client.close()
        try eventually("the client is gone") { try Self.clients(of: self.nodes[index]) < count }
        try self.settle()
    }

    static func information(meshKey: String) -> String { #"{"version":2,"meshKey":"\#(meshKey)"}"# }
}
