import Foundation
import TestSupport
import Testing

@Suite("What is logged of clients", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ClientLogTests {
    private static func lines(_ server: ServerProcess, _ text: String) -> [String] {
        server.log.split(separator: "\n").map(String.init).filter { $0.contains(text) }
    }

    @Test(
        "At debug level, a login and an end are logged with key, address, reason and duration, and nothing between them",
        arguments: [1, 2]
    )
    func debug(loops: Int) throws {
        let server = try ServerProcess(
            ServerOptions.plain.with {
                $0.loops = loops
                $0.flags = ["--log-level=debug"]
            }
        )
        let witness = try RawDERPClient(server)
        let client = try RawDERPClient(server)
        try eventually("both logins are told") { Self.lines(server, "A client has logged in").count == 2 }
        let login = try #require(Self.lines(server, "A client has logged in").first { $0.contains(client.key.text) })
        #expect(login.contains("address=127.0.0.1:"))

        let before = server.log.split(separator: "\n").count
        for _ in 0..<100 { try client.send(Array("packet".utf8), to: witness.key) }
        for _ in 0..<100 { try witness.expect(.received(Array("packet".utf8), from: client.key)) }
        #expect(server.log.split(separator: "\n").count == before)

        client.close()
        try eventually("the end is told") { Self.lines(server, "A client has left").count == 1 }
        let end = try #require(Self.lines(server, "A client has left").first)
        #expect(end.contains(client.key.text) && end.contains("address=127.0.0.1:") && end.contains("reason=peer"))
        #expect(end.firstRange(of: /duration=[0-9.]+(µs|ms|s)/) != nil, "\(end)")
        try server.stop()
        try #expect(#require(Self.lines(server, "A client has left").last).contains("reason=shutdown"))
    }

    @Test("Otherwise nothing is said of clients that come and go")
    func quiet() throws {
        let server = try ServerProcess(.plain)
        let witness = try RawDERPClient(server)
        try RawDERPClient(server).close()
        try eventually("it has left") {
            try MetricsReading(of: server).total("derp_connections_closed_total", #"reason="peer""#) >= 1
        }
        #expect(!server.log.contains(witness.key.text))
        #expect(Self.lines(server, "A client has").isEmpty)
    }

    @Test("The line about serving names the addresses of all three ports")
    func serving() throws {
        let all = try ServerProcess(
            ServerOptions().with {
                $0.hasHelperPort = true
                $0.hasSTUN = true
            }
        )
        let line = try #require(Self.lines(all, "Serving").first)
        #expect(line.contains("addresses=127.0.0.1:\(all.ports.relay)"))
        #expect(line.contains("http=127.0.0.1:\(all.ports.helper)"))
        #expect(line.contains("stun=127.0.0.1:\(all.ports.stun)"))
        let line2 = try #require(Self.lines(try ServerProcess(.plain), "Serving").first)
        #expect(line2.contains("http=off") && line2.contains("stun=off"))
    }

    @Test("A start warns in one line when anybody may relay, and only then")
    func open() throws {
        let warning = "Anybody who reaches this server may relay through it"
        let open = try ServerProcess(.plain)
        let lines = Self.lines(open, warning)
        #expect(lines.count == 1 && lines[0].contains("warning"))
        let directory = try TemporaryDirectory()
        try directory.write("", to: "allow")
        for flag in [
            "--allow-file=\(directory.file("allow").path)", "-derp=false", "-verify-client-url=http://127.0.0.1:1/",
        ] {
            let server = try ServerProcess(ServerOptions.plain.with { $0.flags = [flag] })
            #expect(Self.lines(server, warning).isEmpty, "\(flag)")
        }
    }

    @Test("A URL of the map that never said anything isn't said to be kept")
    func neverHeard() throws {
        let server = try ServerProcess(
            ServerOptions.plain.with { $0.flags = ["--map-url=http://127.0.0.1:1/map", "--map-cache="] }
        )
        try eventually("the failure is told") { !Self.lines(server, "A source of the map failed").isEmpty }
        let line = try #require(Self.lines(server, "A source of the map failed").first)
        #expect(line.contains("nothing that it said before is known") && !line.contains("is kept"))
    }
}
