import Foundation

/// What can be seen of a server from outside, as text or yes or no.
enum Look {
    /// Whether a client with `key` is admitted.
    static func admits(_ server: ServerProcess, _ key: TestKey = TestKey()) throws -> Bool {
        let pending = try PendingClient(server)
        try pending.connection.write(DERPHandshake.clientInfo(of: key, for: pending.serverKey).encoded)
        let answer = try DERPHandshake.readFrame(from: pending.connection, until: Deadline(in: Deadline.answer))
        return answer.type == .serverInfo
    }

    /// The regions of the map that a server serves, by their ids.
    static func regions(of server: ServerProcess) throws -> [String: [String: Any]] {
        let response = try HTTPRequest("/derpmap/default").send(to: server)
        guard response.status == 200 else { return [:] }
        let map = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return map?["Regions"] as? [String: [String: Any]] ?? [:]
    }

    /// Their ids, in order.
    static func regionIDs(of server: ServerProcess) throws -> String {
        try self.regions(of: server).keys.sorted().joined(separator: " ")
    }

    /// What the map says about the server's own region, and its node.
    static func region(of server: ServerProcess, _ key: String) throws -> String {
        try self.regions(of: server).values.first?[key].map { "\($0)" } ?? "nothing"
    }

    static func node(of server: ServerProcess, _ key: String) throws -> String {
        let nodes = try self.regions(of: server).values.first?["Nodes"] as? [[String: Any]]
        return nodes?.first?[key].map { "\($0)" } ?? "nothing"
    }

    /// The names of a region's hosts, in the map's order.
    static func hosts(of server: ServerProcess, region: Int) throws -> [String] {
        let nodes = try self.regions(of: server)[String(region)]?["Nodes"] as? [[String: Any]] ?? []
        return nodes.compactMap { $0["HostName"] as? String }
    }

    /// The status of plain HTTP's `/generate_204` on a port; "nobody" where that isn't spoken.
    static func plainHTTP(port: UInt16) -> String {
        guard let connection = try? Connection(port: port, security: .plain),
            let response = try? HTTPRequest("/generate_204").send(over: connection)
        else { return "nobody" }
        return "\(response.status)"
    }

    /// Whether STUN is answered on a port of loopback.
    static func stun(port: UInt16) throws -> String {
        let probe = try STUNProbe(serverPort: port)
        // A port that nobody has is told at once, by ICMP.
        for _ in 0..<10 {
            probe.send(STUNRequest().encoded)
            if (try? probe.receive(within: .milliseconds(100))) != nil { return "answered" }
        }
        return "silence"
    }

    /// Whether `condition` comes to hold within `limit`.
    static func comes(within limit: Duration, _ condition: () throws -> Bool) throws -> Bool {
        let deadline = Deadline(in: limit)
        while try !condition() {
            guard !deadline.hasPassed else { return false }
            giveTime()
        }
        return true
    }
}
