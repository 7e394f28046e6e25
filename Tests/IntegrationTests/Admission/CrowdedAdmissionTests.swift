import Foundation
import TestSupport
import Testing

/// Crowds that come at once, and a controller that is known by its name, so that it has to be looked up.
@Suite("Admission of crowds", .blocking, .serialized, .timeLimit(.minutes(3)))
struct CrowdedAdmissionTests {
    private let directory: TemporaryDirectory
    private let controller: ServerProcess

    init() throws {
        self.directory = try TemporaryDirectory()
        // It denies everybody, until a test says otherwise.
        try self.directory.write("", to: "allow")
        let flags = ["--allow-file", self.directory.file("allow").path]
        self.controller = try ServerProcess(ServerOptions.plain.with { $0.flags = flags })
    }

    private func relay(openFileLimit: Int? = nil, _ flags: String...) throws -> ServerProcess {
        let url = "http://localhost:\(self.controller.port)/verify"
        return try ServerProcess(
            ServerOptions.plain.with {
                $0.flags = ["-verify-client-url", url] + flags
                $0.openFileLimit = openFileLimit
            }
        )
    }

    /// What became of `keys`, who all say who they are at once: the types of the frames that came first; `nil` for those who
    /// were closed without one, or before they could say it.
    private static func logIn(_ keys: [TestKey], to relay: ServerProcess) throws -> [FrameType?] {
        let clients = keys.map { _ in try? PendingClient(relay) }
        for case (let key, let client?) in zip(keys, clients) {
            try? client.connection.write(DERPHandshake.clientInfo(of: key, for: client.serverKey).encoded)
        }
        let deadline = Deadline(in: .seconds(20) * Sanitizer.slowness)
        return clients.map { client in
            guard let client else { return nil }
            return try? DERPHandshake.readFrame(from: client.connection, until: deadline).type
        }
    }

    private func refused(by relay: ServerProcess, _ reason: String) throws -> Double {
        try MetricsReading(of: relay).total("derp_admissions_refused_total", #"reason="\#(reason)""#)
    }

    @Test("Of 300 strangers that come at once none is admitted by a relay that fails open")
    func strangers() throws {
        let relay = try self.relay("-verify-client-url-fail-open")
        for _ in 0..<2 {
            let frames = try Self.logIn((0..<300).map { _ in TestKey() }, to: relay)
            #expect(frames.allSatisfy { $0 == .health })
        }
        #expect(try self.refused(by: relay, "controller") == 600)
    }

    @Test("Nor when the relay is out of files", arguments: [48, 64, 100])
    func strangersWithoutFiles(limit: Int) throws {
        let relay = try self.relay(openFileLimit: limit, "-verify-client-url-fail-open")
        for _ in 0..<3 {
            let frames = try Self.logIn((0..<300).map { _ in TestKey() }, to: relay)
            #expect(frames.allSatisfy { $0 != .serverInfo })
        }
        // Few files also mean that few refused clients are held, so what they are told says nothing.
        let before = (try? self.refused(by: relay, "controller")) ?? 0
        try eventually("it asks again") {
            _ = try? RefusedClient(relay)
            return ((try? self.refused(by: relay, "controller")) ?? 0) > before
        }
    }

    @Test("A thousand members that return at once are all admitted by a relay that doesn't fail open")
    func members() throws {
        let keys = (0..<1000).map { _ in TestKey() }
        try self.directory.write(keys.map(\.text).joined(separator: "\n"), to: "allow")
        self.controller.send(signal: SIGHUP)
        try eventually("it has read them") { self.controller.log.contains("Read a key list again") }
        let relay = try self.relay("--verify-cache-allow=0")
        // An answer may take as long with a sanitizer as without one. Who had to wait for longer comes again.
        var left = keys
        for _ in 0..<Sanitizer.slowness where !left.isEmpty {
            let frames = try Self.logIn(left, to: relay)
            left = zip(left, frames).filter { $1 != .serverInfo }.map(\.0)
        }
        #expect(left.count == 0)
    }

    @Test("Clients admitted while the controller was down are verified when it is back")
    func absence() throws {
        let relay = try self.relay("-verify-client-url-fail-open")
        #expect(try self.controller.stop() == .code(0))
        let key = TestKey()
        let crowd = try Self.logIn((0..<300).map { _ in TestKey() }, to: relay)
        #expect(crowd.allSatisfy { $0 == .serverInfo })
        try RawDERPClient(relay, key: key).expectQuiet()
        let again = try ServerProcess(self.controller.options)
        let text = try RefusedClient.logIn(to: relay, as: key)
        #expect(text.hasSuffix("the admission controller said no."))
        withExtendedLifetime(again) {}
    }
}
