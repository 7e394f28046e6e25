import Foundation
import TestSupport
import Testing

@Suite("A log that nobody reads", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct StalledLogTests {
    /// A pipe of one page, open at both ends here, so that nobody reads it unless the test does.
    private final class UnreadPipe {
        let path: String
        private let descriptor: Int32
        private let directory: TemporaryDirectory
        /// `F_SETPIPE_SZ`, which Glibc's module lacks.
        private static let setPipeSize: Int32 = 1031

        init() throws {
            self.directory = try TemporaryDirectory()
            self.path = self.directory.file("log").path
            try #require(mkfifo(self.path, 0o600) == 0)
            self.descriptor = open(self.path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
            try #require(fcntl(self.descriptor, Self.setPipeSize, 4096) == 4096)
        }

        deinit { close(self.descriptor) }

        /// How many bytes are in it.
        var count: Int {
            var count: Int32 = 0
            _ = ioctl(self.descriptor, UInt(FIONREAD), &count)
            return Int(count)
        }

        /// What is read until `end` has come.
        func read(until end: String) throws -> String {
            var text = ""
            try eventually("the log has \(end)", within: .seconds(30)) {
                var chunk = [UInt8](repeating: 0, count: 65536)
                let count = Glibc.read(self.descriptor, &chunk, chunk.count)
                if count > 0 { text += String(decoding: chunk[..<count], as: UTF8.self) }
                return text.contains(end)
            }
            return text
        }
    }

    /// A server whose standard error, or both outputs, are the pipe.
    private func start(
        _ pipe: UnreadPipe,
        on port: UInt16,
        in directory: TemporaryDirectory,
        denying key: TestKey? = nil
    ) throws -> ChildProcess {
        if let key { try directory.write(key.text, to: "deny") }
        let options = ServerOptions.plain.with {
            $0.loops = 1
            $0.flags = ["--log-level", "debug"]
            if key != nil { $0.flags += ["--deny-file", directory.file("deny").path] }
        }
        let launch = try options.launch(ports: .init(relay: port, helper: 0, stun: 0), directory: directory.url)
        let process = try ChildProcess(
            ["sh", "-c", "exec \"$0\" \"$@\" >\(pipe.path) 2>&1"] + launch.command,
            directory: directory.url,
            name: "server"
        )
        try eventually("it takes connections", within: .seconds(30)) {
            guard !process.hasEnded else { throw KitError.closed("the server ended") }
            return (try? TestSocket(port: port)) != nil
        }
        return process
    }

    /// What has the server say more than the pipe holds.
    enum Cause: CaseIterable {
        case nonsense, refusedLogins
    }

    @Test(
        "Clients reach each other, the server ends in time, and what fits is there for a later reader",
        arguments: Cause.allCases
    )
    func bystanders(cause: Cause) throws {
        let pipe = try UnreadPipe()
        let directory = try TemporaryDirectory()
        let reservation = try PortReservation(.tcp)
        let port = reservation.port
        reservation.release()
        let denied = TestKey()
        let process = try self.start(pipe, on: port, in: directory, denying: cause == .refusedLogins ? denied : nil)
        let (one, other) = (try self.client(port), try self.client(port))
        switch cause {
        case .nonsense: try self.fill(pipe, by: port)
        case .refusedLogins: try self.fill(pipe, by: port, loggingInAs: denied)
        }
        var slowest = Duration.zero
        for _ in 0..<50 {
            let packet = TestKey.random(100)
            let start = ContinuousClock.now
            try one.send(packet, to: other.key)
            try other.expect(.received(packet, from: one.key))
            slowest = max(slowest, ContinuousClock.now - start)
        }
        #expect(slowest < .seconds(2))
        // Who logs in meanwhile gets in, and what SIGHUP asks for is done.
        process.send(signal: SIGHUP)
        _ = try self.client(port)

        let start = ContinuousClock.now
        process.send(signal: SIGTERM)
        #expect(try process.waitForExit() == .code(0))
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(try pipe.read(until: "Serving").contains(" info DERPServer: "))
    }

    @Test("A second signal ends it at once, and a start that fails ends too")
    func endsAtOnce() throws {
        let pipe = try UnreadPipe()
        let directory = try TemporaryDirectory()
        let reservation = try PortReservation(.tcp)
        let port = reservation.port
        reservation.release()
        let process = try self.start(pipe, on: port, in: directory)
        try self.fill(pipe, by: port)
        let another = try ChildProcess(
            [
                "sh", "-c", "exec \"$0\" \"$@\" >\(pipe.path) 2>&1", BuiltProducts.server, "-a=127.0.0.1:\(port)",
                "-certmode=none", "-stun=false", "-c=\(directory.file("key").path)",
            ],
            directory: directory.url,
            name: "another"
        )
        #expect(try another.waitForExit() == .code(1))
        process.send(signal: SIGTERM)
        process.send(signal: SIGINT)
        let status = try process.waitForExit(within: .seconds(5))
        #expect(status == .code(128 + SIGINT) || status == .code(128 + SIGTERM) || status == .code(0))
    }

    /// Has the server log more than the pipe holds, and sees that it goes on meanwhile.
    private func fill(_ pipe: UnreadPipe, by port: UInt16) throws {
        // Each is a line of some 100 bytes at debug.
        for _ in 0..<200 {
            let connection = try Connection(port: port, security: .plain)
            try connection.write("NONSENSE\r\n\r\n")
            #expect(try connection.readToEnd().starts(with: "HTTP/1.1 400".utf8))
        }
        #expect(pipe.count > 0)
    }

    /// The same by logins that are refused: of each there are lines, of which the pipe holds those of a few dozen.
    private func fill(_ pipe: UnreadPipe, by port: UInt16, loggingInAs key: TestKey) throws {
        for _ in 0..<600 {
            let client = try PendingClient(over: Connection(port: port, security: .plain))
            try client.connection.write(DERPHandshake.clientInfo(of: key, for: client.serverKey).encoded)
            let frame = try DERPHandshake.readFrame(from: client.connection, until: Deadline(in: Deadline.answer))
            #expect(frame.type == .health)
        }
        #expect(pipe.count > 0)
    }

    private func client(_ port: UInt16) throws -> RawDERPClient {
        try RawDERPClient(over: Connection(port: port, security: .plain))
    }
}
