import TestSupport
import Testing

@Suite("Startup", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct StartupTests {
    /// Which of a server's ports somebody else has.
    enum TakenPort: String, CaseIterable, Sendable {
        case relay, helper, stun
    }

    @Test("A taken port ends it with 1 and one line that names the setting", arguments: TakenPort.allCases, [1, 2])
    func takenPort(taken: TakenPort, loops: Int) throws {
        let free = try PortReservation(.tcp)
        let other = try PortReservation(.tcp)
        let udp = try PortReservation(.udp)
        let ports = ServerOptions.Ports(relay: free.port, helper: other.port, stun: udp.port)
        if taken != .relay { free.release() }
        if taken != .helper { other.release() }
        if taken != .stun { udp.release() }
        let options = ServerOptions(hasHelperPort: true, hasSTUN: true).with {
            $0.loops = loops
            $0.ports = ports
        }
        let result = try ServerProcess.runToExit(options)
        #expect(result.status == .code(1))
        let (port, setting) =
            switch taken {
            case .relay: (ports.relay, "-a")
            case .helper: (ports.helper, "-http-port")
            case .stun: (ports.stun, "-stun-port")
            }
        let lines = result.errors.split(separator: "\n").filter { $0.contains(String(port)) && $0.contains("in use") }
        #expect(lines.count == 1, "\(result.errors)")
        #expect(lines.first?.contains(setting) == true, "\(result.errors)")
    }

    @Test("A second server on a running one's port is refused, and the first continues")
    func secondServer() throws {
        let first = try ServerProcess()
        let result = try ServerProcess.runToExit(first.options.with { $0.ports = first.ports })
        #expect(result.status == .code(1))
        try RawDERPClient(first).expectQuiet()
    }

    @Test("A server that another one keeps from its port isn't taken for the other one, which answers there")
    func mistakenServer() throws {
        let first = try ServerProcess(.plain)
        #expect(throws: KitError.self) { try ServerProcess(first.options) }
        try RawDERPClient(first).expectQuiet()
    }

    @Test(
        "A bad flag ends it with 64 and says which",
        arguments: [
            ["--no-such-flag"], ["-loops=x"], ["--loops", "0"], ["-a", "nonsense"], ["-a", "127.0.0.1:99999"],
            ["-certmode", "bogus"], ["-certmode", "gcp"], ["-http-port", "70000"], ["-stun-port", "-5"],
            ["-stun=perhaps"], ["-tcp-write-timeout", "2"], ["-tcp-write-timeout", "-2s"], ["--region-id", "0"],
            ["-home", "ftp://x"], ["--ipv4", "1.2.3"], ["--ipv6", "1.2.3.4"], ["stray"],
        ]
    )
    func badFlag(flags: [String]) throws {
        let result = try ServerProcess.runToExit(ServerOptions(flags: flags))
        #expect(result.status == .code(64))
        let setting = flags[0].drop { $0 == "-" }.prefix { $0 != "=" }
        let firstLine = result.errors.split(separator: "\n").first ?? ""
        #expect(firstLine.contains(setting), "\(result.errors)")
    }

    @Test("Help and version are told, with exit code 0", arguments: ["--help", "-version", "--version"])
    func help(flag: String) throws {
        let result = try ServerProcess.runToExit(ServerOptions(flags: [flag]))
        #expect(result.status == .code(0))
    }

    @Test("Flags take one dash or two, and Go's forms of booleans")
    func flagForms() throws {
        for flags in [
            ["--stun=0"], ["-stun=f"], ["--stun=False"], ["--derp", "-stun=F"], ["-derp=1", "--home=blank"],
        ] {
            let server = try ServerProcess(ServerOptions.plain.with { $0.flags = flags })
            try RawDERPClient(server).expectQuiet()
        }
    }

    @Test("What serves plain HTTP is said in the log")
    func plainIsSaid() throws {
        let server = try ServerProcess(.plain)
        try eventually("the log says that HTTP is plain:\n\(server.log)") {
            server.log.lowercased().contains("plain")
        }
    }
}
