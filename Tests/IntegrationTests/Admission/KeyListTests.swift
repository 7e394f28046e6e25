import Foundation
import TestSupport
import Testing

@Suite("Admission by lists", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct KeyListTests {
    private let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    private func server(_ flags: String..., certificate: ServerOptions.Certificate = .none) throws -> ServerProcess {
        try ServerProcess(ServerOptions(certificate: certificate, flags: flags))
    }

    private func file(_ name: String) -> String { self.directory.file(name).path }

    @Test(
        "A client on the deny list is told why, held and counted, and nobody else is harmed",
        arguments: DERPHandshake.Start.allCases
    )
    func denyList(start: DERPHandshake.Start) throws {
        let denied = TestKey()
        try self.directory.write("# not these\n\(denied.text) # Mallory\n", to: "deny")
        let server = try self.server("--deny-file", self.file("deny"), certificate: .selfSigned)
        let neighbour = try RawDERPClient(server)
        let client = try RefusedClient(server, as: denied, start: start)
        #expect(client.notice == "This relay does not admit this client: its node key is on the deny list.")
        try neighbour.expectQuiet()
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_admissions_refused_total", #"reason="deny_list""#) == 1)
        #expect(try reading.total("derp_admissions_refused_total") == 1)
        #expect(try reading.total("derp_connections_closed_total", #"reason="refused""#) == 0)
        #expect(try reading.total("derp_refused_held") == 1)
        #expect(try reading.total("derp_logins_total") == 1)
        #expect(try reading.total("derp_clients") == 1)
        client.expectHeld()
        let lines = server.log.split(separator: "\n").filter { $0.contains("Refused a client") }
        #expect(lines.count == 1 && lines[0].contains(denied.text) && lines[0].contains("deny_list"))
    }

    @Test("With an allow list only those on it are admitted, unless they are on the deny list too")
    func allowList() throws {
        let (allowed, both) = (TestKey(), TestKey())
        try self.directory.write("\(allowed.text)\n\(both.text)\n", to: "allow")
        try self.directory.write("\(both.text)\n", to: "deny")
        let server = try self.server("--allow-file", self.file("allow"), "--deny-file", self.file("deny"))
        try RawDERPClient(server, key: allowed).expectQuiet()
        #expect(try RefusedClient.logIn(to: server, as: TestKey()).hasSuffix("is not on the allow list."))
        #expect(try RefusedClient.logIn(to: server, as: both).hasSuffix("is on the deny list."))
    }

    @Test("A changed list counts within seconds, a broken one not at all")
    func reload() throws {
        let (first, second) = (TestKey(), TestKey())
        try self.directory.write(first.text, to: "allow")
        let server = try self.server("--allow-file", self.file("allow"))
        try RefusedClient.logIn(to: server, as: second)
        try self.directory.write("\(first.text)\n\(second.text)", to: "allow")
        try eventually("the list is read anew") { server.log.contains("Read a key list again") }
        try RawDERPClient(server, key: second).expectQuiet()

        try self.directory.write("\(first.text)\nnonsense", to: "allow")
        try eventually("the broken list is told") { server.log.contains("line 2: not nodekey:") }
        try RawDERPClient(server, key: second).expectQuiet()
        try RefusedClient.logIn(to: server, as: TestKey())
    }

    @Test("On SIGHUP the lists are read at once, and the server continues")
    func signal() throws {
        try self.directory.write("", to: "deny")
        let server = try self.server("--deny-file", self.file("deny"))
        let client = try RawDERPClient(server)
        server.send(signal: SIGHUP)
        try eventually("the list is read anew") { server.log.contains("Read a key list again") }
        try client.expectQuiet()
        #expect(try server.stop() == .code(0))
    }

    @Test("A list that is broken or missing at start is one line that names the flag, the file and the line")
    func start() throws {
        try self.directory.write("\n\nprivkey:\(String(repeating: "1a", count: 32))\n", to: "deny")
        let broken = try ServerProcess.runToExit(
            ServerOptions(certificate: .none, flags: ["--deny-file", self.file("deny")])
        )
        #expect(broken.status == .code(1))
        let place = "--deny-file: \(self.file("deny")), line 3"
        #expect(broken.errors == "DERPServer: \(place): not nodekey: and 64 hexadecimal digits\n")
        let missing = try ServerProcess.runToExit(
            ServerOptions(certificate: .none, flags: ["--allow-file", self.file("none")])
        )
        #expect(missing.status == .code(1) && missing.errors.hasPrefix("DERPServer: --allow-file: can't read"))
    }

    @Test("A client that is no longer admitted gets the reason and is closed when it is verified again")
    func reverification() throws {
        let (staying, leaving) = (TestKey(), TestKey())
        try self.directory.write("", to: "deny")
        let server = try self.server(
            "--deny-file",
            self.file("deny"),
            "--reverify-interval=1s",
            "--refused-hold-time=2s"
        )
        let stays = try RawDERPClient(server, key: staying)
        let leaves = try RawDERPClient(server, key: leaving)
        try leaves.expectQuiet()
        try self.directory.write(leaving.text, to: "deny")
        let frame = try leaves.next()
        #expect(frame.type == .health && String(decoding: frame.payload, as: UTF8.self).contains("deny list"))
        #expect(leaves.expectClosed().isEmpty)
        try stays.expectQuiet()
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_connections_closed_total", #"reason="refused""#) == 1)
        #expect(try reading.total("derp_refused_ended_total", #"end="expired""#) == 1)
    }

    @Test("A client that is admitted no longer is closed though it reads nothing")
    func deafClient() throws {
        let key = TestKey()
        try self.directory.write("", to: "deny")
        let server = try self.server("--deny-file", self.file("deny"), "--reverify-interval=1s", "-tcp-write-timeout=0")
        let deaf = try RawDERPClient(server, key: key, receiveBuffer: 4096)
        let sender = try RawDERPClient(server)
        for _ in 0..<200 { try sender.send([UInt8](repeating: 7, count: 60_000), to: key) }
        try self.directory.write(key.text, to: "deny")
        try eventually("it is closed") {
            try MetricsReading(of: server).total("derp_connections_closed_total", #"reason="refused""#) == 1
        }
        withExtendedLifetime(deaf) {}
    }
}
