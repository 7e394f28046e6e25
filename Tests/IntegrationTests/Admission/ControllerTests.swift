import Foundation
import TestSupport
import Testing

/// One relay asks another, whose lists decide.
@Suite("Admission by a controller", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ControllerTests {
    private let directory: TemporaryDirectory
    private let controller: ServerProcess
    private let denied = TestKey()

    init() throws {
        self.directory = try TemporaryDirectory()
        try self.directory.write(self.denied.text, to: "deny")
        self.controller = try ServerProcess(
            ServerOptions(certificate: .none, flags: ["--deny-file", self.directory.file("deny").path])
        )
    }

    private func relay(_ flags: String...) throws -> ServerProcess {
        let url = "http://127.0.0.1:\(self.controller.port)/verify"
        return try ServerProcess(ServerOptions(flags: ["-verify-client-url", url] + flags))
    }

    private func count(_ relay: ServerProcess, _ reason: String) throws -> Double {
        try MetricsReading(of: relay).total("derp_admissions_refused_total", #"reason="\#(reason)""#)
    }

    @Test("A client is admitted when the controller says so, and refused when it says no")
    func answers() throws {
        let relay = try self.relay()
        try RawDERPClient(relay).expectQuiet()
        let text = try RefusedClient.logIn(to: relay, as: self.denied)
        #expect(text == "This relay does not admit this client: the admission controller said no.")
        #expect(try self.count(relay, "controller") == 1)
    }

    @Test("While it is down no new client is admitted, and admitted ones stay; when it is back, all is well")
    func downAndBack() throws {
        let relay = try self.relay("--verify-cache-deny=100ms", "--reverify-interval=1s")
        try eventually("it says so at start") { relay.log.contains("while it can't be reached, none is admitted") }
        let key = TestKey()
        let early = try RawDERPClient(relay, key: key)
        #expect(try self.controller.stop() == .code(0))

        let stranger = TestKey()
        let text = try RefusedClient.logIn(to: relay, as: stranger)
        #expect(text.hasSuffix("the relay can't verify clients now."))
        #expect(try self.count(relay, "unavailable") == 1)
        // What the controller said is remembered for a minute, and who is there stays through re-verification.
        try RawDERPClient(relay, key: key).expectQuiet()
        let deadline = Deadline(in: .milliseconds(2500))
        while !deadline.hasPassed { try early.expectQuiet() }

        let again = try ServerProcess(self.controller.options)
        try eventually("the stranger is admitted") { (try? RawDERPClient(relay, key: stranger)) != nil }
        try early.expectQuiet()

        // And it hears of a change of mind.
        try self.directory.write("\(self.denied.text)\n\(key.text)", to: "deny")
        again.send(signal: SIGHUP)
        #expect(try early.next().type == .health)
        try eventually("it is no client any more") { try MetricsReading(of: relay).total("derp_clients") == 0 }
    }

    @Test("It fails open where that is asked for, with a warning")
    func failOpen() throws {
        let relay = try self.relay("-verify-client-url-fail-open")
        try eventually("it says so at start") { relay.log.contains("while it can't be reached, all are admitted") }
        try RefusedClient.logIn(to: relay, as: self.denied)
        try self.controller.stop()
        let client = try RawDERPClient(relay)
        try client.expectQuiet()
        let key = "nodekey:\(Hexadecimal.encode(client.key.publicBytes))"
        try eventually("the log names who came in so") {
            relay.log.split(separator: "\n").contains {
                $0.contains("Admitted a client without asking") && $0.contains(key) && $0.contains("detail=")
            }
        }
    }

    @Test("Two controllers must both agree")
    func two() throws {
        let other = try ServerProcess(
            ServerOptions(certificate: .none, flags: ["--allow-file", self.directory.file("deny").path])
        )
        let relay = try self.relay("-verify-client-url", "http://127.0.0.1:\(other.port)/verify")
        try RefusedClient.logIn(to: relay, as: self.denied)
        try RefusedClient.logIn(to: relay, as: TestKey())
    }
}
