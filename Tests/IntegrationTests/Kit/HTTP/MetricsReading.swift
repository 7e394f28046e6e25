import Foundation

/// The numbers that `/metrics` shows at a moment, in Prometheus' text form.
struct MetricsReading {
    let values: [String: Double]

    /// Reads the page over a connection of its own.
    init(of server: ServerProcess) throws {
        try self.init(over: try server.connect())
    }

    /// Reads the page over a connection that is there already, and stays.
    init(over connection: Connection) throws {
        let response = try HTTPRequest("/metrics").send(over: connection)
        guard response.status == 200 else { throw KitError.unexpected("/metrics: status \(response.status)") }
        var values: [String: Double] = [:]
        for line in response.text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                throw KitError.unexpected("no metric: \(line)")
            }
            values[String(line[..<space])] = value
        }
        self.values = values
    }

    var isEmpty: Bool { self.values.isEmpty }

    /// The sum of all series of a metric whose labels include `labels`, such as `reason="queue_head"`.
    /// Throws when there is none.
    func total(_ name: String, _ labels: String...) throws -> Double {
        let series = self.values.filter { key, _ in
            (key == name || key.hasPrefix(name + "{")) && labels.allSatisfy { key.contains($0) }
        }
        guard !series.isEmpty else { throw KitError.unexpected("no metric \(name) \(labels)") }
        return series.values.reduce(0, +)
    }
}
