import TestSupport
import Testing

@Suite("Open files", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct FileLimitTests {
    @Test("Without free descriptors the server neither ends nor spins, serves its clients, and recovers")
    func outOfFiles() throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.openFileLimit = 48 })
        let first = try RawDERPClient(server)
        let second = try RawDERPClient(server)
        // The kernel takes connections that the server can't accept.
        var crowd = try (0..<100).map { _ in try server.connect() }

        let start = ContinuousClock.now
        let before = try server.usage().processorTime
        while ContinuousClock.now - start < .seconds(2) {
            try first.send([1], to: second.key)
            try second.expect(.received([1], from: first.key))
            giveTime()
        }
        let spent = try server.usage().processorTime - before
        #expect(spent < .milliseconds(700), "\(spent) of processor time in 2 seconds")

        // Those who say nothing, and are many, make room for one who has something to say.
        let late = try Connection(port: server.port, from: 9, security: .plain)
        #expect(try HTTPRequest("/generate_204").send(over: late).status == 204)
        withExtendedLifetime(crowd) {}
        crowd.removeAll()
        try eventually("there are files again") { (try? RawDERPClient(server)) != nil }
        try first.expectQuiet()
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_connections_refused_total", #"limit="files""#) > 30)
        #expect(try reading.total("derp_accept_failures_total") == 0)
    }
}
