import Foundation
import TestSupport
import Testing

@Suite("What --check-config says of a start", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct CheckedStartTests {
    private let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    private func path(_ name: String) -> String { self.directory.file(name).path }

    private func makeDirectory(_ name: String, mode: Int) throws -> String {
        try FileManager.default.createDirectory(
            atPath: self.path(name),
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: mode]
        )
        return self.path(name)
    }

    /// A command line on free ports, of which later flags change something.
    private var basis: [String] {
        [
            "-a=127.0.0.1:0", "-hostname=127.0.0.1", "-http-port=-1", "-stun=false", "-c=\(self.path("key"))",
            "-certdir=\(self.path("certificates"))", "--map-cache=",
        ]
    }

    private func run(
        _ flags: [String],
        variables: [String: String] = [:]
    ) throws -> (status: ProcessExit, output: String, errors: String) {
        // Root may write wherever it likes, unless it is denied that.
        let mortal = getuid() == 0 ? ["setpriv", "--bounding-set=-dac_override,-net_bind_service"] : []
        let logs = try TemporaryDirectory()
        let process = try ChildProcess(
            mortal + [BuiltProducts.server] + self.basis + flags,
            environment: variables,
            directory: logs.url,
            name: "server"
        )
        let status = try process.waitForExit()
        return (status, process.output, process.errors)
    }

    /// Expects a check and a start to fail alike.
    private func expectFailure(_ flags: [String], of flag: String, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        let check = try self.run(["--check-config"] + flags)
        #expect(check.status == .code(1) && check.output == "", "\(check)", sourceLocation: sourceLocation)
        #expect(check.errors.hasPrefix("DERPServer: \(flag): "), "\(check.errors)", sourceLocation: sourceLocation)
        #expect(check.errors.filter { $0 == "\n" }.count == 1, sourceLocation: sourceLocation)
        let start = try self.run(flags)
        #expect(start.status == .code(1), "\(start)", sourceLocation: sourceLocation)
        #expect(start.errors.contains("DERPServer: \(flag): "), "\(start.errors)", sourceLocation: sourceLocation)
    }

    @Test("Directories in which nothing can be made are errors of both, below the ones that are there too")
    func directories() throws {
        let closed = try self.makeDirectory("closed", mode: 0o555)
        try self.expectFailure(["-c=\(closed)/key"], of: "-c")
        try self.expectFailure(["-c=\(closed)/one/two/key"], of: "-c")
        try self.expectFailure(["-certdir=\(closed)"], of: "-certdir")
        try self.expectFailure(["-certdir=\(closed)/certificates"], of: "-certdir")
        let orders = ["-certmode=letsencrypt", "-hostname=a.test", "--acme-directory=https://127.0.0.1:1/"]
        try self.expectFailure(orders + ["-certdir=\(closed)"], of: "-certdir")
        #expect(try FileManager.default.contentsOfDirectory(atPath: closed) == [])
    }

    @Test("A directory that is written to only later is a warning")
    func later() throws {
        let closed = try self.makeDirectory("closed", mode: 0o555)
        let result = try self.run(["--check-config", "--map-url=http://127.0.0.1:1/", "--map-cache=\(closed)"])
        #expect(result.status == .code(0), "\(result)")
        #expect(result.output.contains("warning: A directory can't be written to (directory: \(closed), "))
    }

    @Test("A takeover's directory that is missing, or that others can write, is an error of both")
    func takeover() throws {
        try self.expectFailure(["--takeover=\(self.path("missing"))/socket"], of: "--takeover")
        let open = try self.makeDirectory("open", mode: 0o777)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
        try self.expectFailure(["--takeover=\(open)/socket"], of: "--takeover")
        let closed = try self.makeDirectory("closed", mode: 0o500)
        try self.expectFailure(["--takeover=\(closed)/socket"], of: "--takeover")
        let good = try self.makeDirectory("good", mode: 0o700)
        #expect(try self.run(["--check-config", "--takeover=\(good)/socket"]).status == .code(0))
        #expect(try FileManager.default.contentsOfDirectory(atPath: good) == [])
    }

    @Test("An address that the machine lacks is an error of both")
    func address() throws {
        try self.expectFailure(["-a=192.0.2.1:0"], of: "-a")
    }

    @Test("A port in use is only a warning: the server to be restarted may hold it")
    func ports() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true, hasSTUN: true))
        let result = try self.run([
            "--check-config", "-a=127.0.0.1:\(server.port)", "-http-port=\(server.ports.helper)", "-stun=true",
            "-stun-port=\(server.ports.stun)",
        ])
        #expect(result.status == .code(0), "\(result)")
        for (flag, address) in [
            ("-a", "TCP 127.0.0.1:\(server.port)"), ("-http-port", "TCP 127.0.0.1:\(server.ports.helper)"),
            ("-stun-port", "UDP 127.0.0.1:\(server.ports.stun)"),
        ] {
            let line = "warning: A port is in use: a start would fail now (address: \(address), setting: \(flag))\n"
            #expect(result.output.contains(line), "\(result.output)")
        }
        // It goes on as before.
        try RawDERPClient(server).expectQuiet()
    }

    @Test("A variable checks as the flag does, and starts nothing", arguments: ["true", "1"])
    func variable(value: String) throws {
        let result = try self.run([], variables: ["DERP_CHECK_CONFIG": value])
        #expect(result.status == .code(0) && result.output.hasSuffix("\nThe configuration can be used.\n"), "\(result)")
        #expect(!FileManager.default.fileExists(atPath: self.path("key")))
    }

    @Test("A variable or a file that asks for a version or for help is refused", arguments: ["version", "help"])
    func refused(command: String) throws {
        let name = "DERP_\(command.uppercased())"
        let variable = try self.run([], variables: [name: "true"])
        #expect(variable.status == .code(64) && variable.errors.hasPrefix("DERPServer: \(name) "), "\(variable)")
        try self.directory.write("relay:\n  \(command): true\n", to: "derp.yaml")
        let file = try self.run(["--config=\(self.path("derp.yaml"))"])
        #expect(file.status == .code(64) && file.errors.contains("derp.yaml:2: "), "\(file)")
    }

    @Test("A file that asks for a check is refused")
    func fileCheck() throws {
        try self.directory.write("relay:\n  check_config: true\n", to: "derp.yaml")
        let file = try self.run(["--config=\(self.path("derp.yaml"))"])
        #expect(file.status == .code(64) && file.errors.contains("derp.yaml:2: "), "\(file)")
    }

    @Test("A setting without effect is reported in one line, by a check and by a start")
    func vain() throws {
        let flags = ["-acme-email=a@b.test", "-accept-connection-burst=3", "--drain-time=3s"]
        let check = try self.run(["--check-config"] + flags)
        #expect(check.status == .code(0))
        let lines = check.output.split(separator: "\n").filter { $0.hasPrefix("warning: A setting has no effect") }
        #expect(lines.count == 3, "\(check.output)")
        let server = try ServerProcess(ServerOptions.plain.with { $0.flags = flags })
        for flag in ["-acme-email", "-accept-connection-burst", "--drain-time"] {
            #expect(lines.count { $0.hasSuffix("setting: \(flag))") } == 1)
            let logged = server.log.split(separator: "\n").filter { $0.contains("setting=\(flag) ") }
            #expect(logged.count == 1 && logged.first?.contains(" warning ") == true, "\(server.log)")
        }
    }
}
