import Foundation
import TestSupport
import Testing

@Suite("A watch of a map", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct WatchedMapTests {
    private let directory: TemporaryDirectory
    private let server: ServerProcess
    private let process: ChildProcess
    private let port: UInt16
    /// What the map says at first.
    private let map: String

    init() throws {
        let directory = try TemporaryDirectory()
        let server = try ServerProcess()
        let map = String(decoding: try HTTPRequest("/derpmap/default").send(to: server).body, as: UTF8.self)
        try directory.write(map, to: "map.json")
        let process = try ChildProcess(
            [
                BuiltProducts.server, "check", "--all", "--map", directory.file("map.json").path, "--timeout", "2s",
                "--watch", "100ms", "--metrics-listen", "127.0.0.1:0",
            ],
            directory: directory.url,
            name: "watch"
        )
        var port: UInt16?
        try eventually("it says where its metrics are", within: .seconds(30)) {
            let line = process.errors.split(separator: "\n").first { $0.hasPrefix("Metrics: ") }
            port = line?.split(separator: ":").last?.split(separator: "/").first.flatMap { UInt16($0) }
            return port != nil
        }
        self.directory = directory
        self.server = server
        self.process = process
        self.port = try #require(port)
        self.map = map
    }

    /// The values of a metric, by its labels.
    private func values(of metric: String) throws -> [String: Double] {
        let connection = try Connection(port: self.port, security: .plain)
        let lines = try HTTPRequest("/metrics").send(over: connection).text.split(separator: "\n")
        return lines.reduce(into: [:]) { values, line in
            guard line.hasPrefix(metric), let space = line.lastIndex(of: " ") else { return }
            values[String(line[..<space].dropFirst(metric.count))] = Double(line[line.index(after: space)...])
        }
    }

    private func waitForRounds(_ count: Double) throws {
        let start = try self.values(of: "derp_check_rounds_total")[""] ?? 0
        try eventually("\(count) rounds are over", within: .seconds(30)) {
            try self.values(of: "derp_check_rounds_total")[""] ?? 0 >= start + count
        }
    }

    @Test(
        "When the map can't be read or has no region any more, its last regions are checked, and that is reported",
        arguments: [nil, "{\"Regions\":", "{\"Regions\":{}}"]
    )
    func unreadable(content: String?) throws {
        try eventually("a round is over", within: .seconds(30)) { try !self.values(of: "derp_check_up").isEmpty }
        let names = try self.values(of: "derp_check_up").keys
        #expect(Array(names) == ["{region=\"900\",node=\"900a\"}"])
        #expect(try self.values(of: "derp_check_map_up") == ["": 1])
        if let content {
            try self.directory.write(content, to: "map.json")
        } else {
            try FileManager.default.removeItem(at: self.directory.file("map.json"))
        }
        try eventually("that is told", within: .seconds(30)) { try self.values(of: "derp_check_map_up") == ["": 0] }
        #expect(try self.values(of: "derp_check_up").keys == names)
        #expect(try self.values(of: "derp_check_region_findings{region=\"0\",severity=\"error\"}") == ["": 1])

        // A relay that goes down meanwhile is seen.
        try self.server.stop()
        try self.waitForRounds(2)
        #expect(try self.values(of: "derp_check_up") == ["{region=\"900\",node=\"900a\"}": 0])

        try self.directory.write(self.map, to: "map.json")
        try eventually("the map is there again", within: .seconds(30)) {
            try self.values(of: "derp_check_map_up") == ["": 1]
        }
        self.process.send(signal: SIGTERM)
        #expect(try self.process.waitForExit() == .code(0))
    }
}
