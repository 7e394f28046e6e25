import Foundation
import TestSupport
import Testing

@Suite("Clients that are refused", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct HeldClientTests {
    private let directory: TemporaryDirectory

    init() throws {
        self.directory = try TemporaryDirectory()
        try self.directory.write("# nobody\n", to: "allow")
    }

    /// A server that admits nobody.
    private func server(_ flags: String..., files: Int? = nil) throws -> ServerProcess {
        try ServerProcess(
            ServerOptions.plain.with {
                $0.flags += ["--allow-file", self.directory.file("allow").path] + flags
                if let files { $0.openFileLimit = files }
            }
        )
    }

    private func ends(_ end: String, on server: ServerProcess) throws -> Double {
        try MetricsReading(of: server).total("derp_refused_ended_total", "end=\"\(end)\"")
    }

    @Test("They are held for so long, and then closed")
    func time() throws {
        let server = try self.server("--refused-hold-time=5s")
        let start = ContinuousClock.now
        let client = try RefusedClient(server)
        #expect(client.notice?.hasSuffix("is not on the allow list.") == true)
        #expect(try MetricsReading(of: server).total("derp_refused_held") == 1)
        try client.expectClosed(within: .seconds(30))
        let time = ContinuousClock.now - start
        // From 30 % of it on, and up to a second longer, on a busy machine more.
        #expect((.milliseconds(1490)...(.seconds(15))).contains(time), "\(time)")
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_refused_held") == 0)
        #expect(try self.ends("expired", on: server) == 1)
        #expect(try reading.total("derp_connections_closed_total", #"reason="refused""#) == 1)
    }

    @Test("What one sends is thrown away, more slowly than it may like, and it hears nothing")
    func flood() throws {
        let server = try self.server()
        let client = try RefusedClient(server)
        let frame = Frame.send([UInt8](repeating: 7, count: 60_000), to: TestKey()).encoded
        // The first fill what the kernel holds; then it goes on at the pace of what is thrown away.
        #expect(throws: KitError.self) {
            for _ in 0..<100 { try client.connection.write(frame, within: .milliseconds(500)) }
        }
        client.expectHeld()
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_refused_held") == 1)
        #expect(try reading.total("derp_packets_received_total") == 0)
    }

    @Test("One that leaves makes room")
    func leaving() throws {
        let server = try self.server("--max-refused=1")
        let client = try RefusedClient(server)
        try client.connection.write(Frame(.notePreferred, [1]).encoded)
        client.connection.close()
        try eventually("it is forgotten") { try self.ends("peer", on: server) == 1 }
        #expect(try RefusedClient(server).notice != nil)
    }

    @Test("A client without a place is closed without a word, so back-offs grow; others have places of their own")
    func full() throws {
        let server = try self.server("--max-refused=8")
        let held = try (0..<2).map { _ in try RefusedClient(server) }
        #expect(held.allSatisfy { $0.notice != nil })
        #expect(try RefusedClient(server).notice == nil)
        #expect(try self.ends("not_held", on: server) == 1)
        let elsewhere = try (0..<6).map { try RefusedClient(server, from: UInt8(9 + $0 / 2)) }
        #expect(elsewhere.allSatisfy { $0.notice != nil })
        #expect(try RefusedClient(server, from: 20).notice == nil)
        for client in held + elsewhere { client.expectHeld(for: .milliseconds(20)) }
    }

    @Test("Where none is held, they are closed without a word")
    func off() throws {
        let server = try self.server("--max-refused=0")
        #expect(try RefusedClient(server).notice == nil)
    }

    @Test("One that would be let in by now is let go, as soon as the list has changed")
    func lifted() throws {
        let server = try self.server()
        let (first, second) = (TestKey(), TestKey())
        let admitted = try RefusedClient(server, as: first)
        let other = try RefusedClient(server, as: second)
        try self.directory.write(first.text, to: "allow")
        try admitted.expectClosed()
        try RawDERPClient(server, key: first).expectQuiet()
        other.expectHeld()
        #expect(try self.ends("lifted", on: server) == 1)
    }

    @Test("They count as no clients, as none that have not logged in, and as none of their address")
    func limits() throws {
        let key = TestKey()
        try self.directory.write(key.text, to: "allow")
        let server = try self.server("--max-clients=1", "--max-pending=3", "--max-connections-per-ip=3")
        var held: [RefusedClient] = []
        while held.count < 10 {
            // The place of the one before is given back a moment after it has been told.
            if let client = try? RefusedClient(server), client.notice != nil { held.append(client) }
        }
        var member: RawDERPClient?
        try eventually("the member is in") {
            member = try? RawDERPClient(server, key: key)
            return member != nil
        }
        try member?.expectQuiet()
        for client in held { client.expectHeld(for: .milliseconds(20)) }
    }

    @Test("When files are short they give way first, nobody else is held for a while, and members come in")
    func files() throws {
        let key = TestKey()
        try self.directory.write(key.text, to: "allow")
        let server = try self.server("--loops=1", files: 64)
        // From elsewhere, so that it needn't make room for the crowd.
        let monitor = try Connection(port: server.port, from: 9, security: .plain)
        let member = try RawDERPClient(server, key: key)
        // Some are held: not so many that three quarters of the files are open.
        var held: [RefusedClient] = []
        while let client = try? RefusedClient(server), client.notice != nil { held.append(client) }
        #expect((10..<48).contains(held.count), "\(held.count)")
        var crowd = try (0..<60).map { _ in try server.connect() }
        try eventually("they give way") {
            try MetricsReading(over: monitor).total("derp_refused_ended_total", #"end="gave_way""#) >= 10
        }
        try member.expectQuiet()
        crowd.removeAll()
        try eventually("there are files again") { (try? RawDERPClient(server, key: key)) != nil }
        #expect(try RefusedClient(server).notice == nil)
    }

    @Test("The server's stop doesn't wait for them")
    func stop() throws {
        let server = try self.server()
        let clients = try (0..<20).map { _ in try RefusedClient(server) }
        let start = ContinuousClock.now
        #expect(try server.stop() == .code(0))
        #expect(ContinuousClock.now - start < .seconds(3))
        for client in clients { try client.expectClosed() }
    }

    @Test("Their log lines are limited, and say how many were left out")
    func log() throws {
        let server = try self.server("--max-refused=0")
        for _ in 0..<100 { _ = try RefusedClient(server) }
        #expect(try MetricsReading(of: server).total("derp_admissions_refused_total") == 100)
        let lines = server.log.split(separator: "\n").filter { $0.contains("Refused a client") }
        #expect((10...15).contains(lines.count), "\(lines.count)")
        try eventually("the next line tells", within: .seconds(40)) {
            _ = try RefusedClient(server)
            return server.log.contains("left_out=")
        }
    }
}
