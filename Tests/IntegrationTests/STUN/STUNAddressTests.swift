import Foundation
import TestSupport
import Testing

@Suite("Where STUN is answered", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct STUNAddressTests {
    private let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    /// How a setting is given.
    enum Form: CaseIterable, Sendable {
        case flag, variable, file
    }

    @Test("--stun-listen has it answered there, whatever -a says, and the map tells its port", arguments: Form.allCases)
    func ownAddress(form: Form) throws {
        let (relay, helper) = (try PortReservation(.tcp), try PortReservation(.tcp))
        let stun = try PortReservation(.udp, on: .ipv6)
        let address = Loopback.ipv6.withPort(stun.port)
        try self.directory.write("relay: {stun_listen: \"\(address)\"}\n", to: "derp.yaml")
        let options = ServerOptions.plain.with { options in
            options.ports = .init(relay: relay.port, helper: helper.port, stun: stun.port)
            options.flags = ["-stun=true"]
            switch form {
            case .flag: options.flags += ["--stun-listen", address]
            case .variable: options.variables = ["DERP_STUN_LISTEN": address]
            case .file: options.flags += ["--config", self.directory.file("derp.yaml").path]
            }
        }
        relay.release()
        stun.release()
        let server = try ServerProcess(options)
        let probe = try STUNProbe(serverPort: stun.port, on: .ipv6)
        let request = STUNRequest()
        probe.send(request.encoded)
        #expect(try probe.receive() == probe.expectedResponse(to: request.transaction))
        let map = try HTTPRequest("/derpmap/default").send(to: server).text
        #expect(map.contains("\"STUNPort\":\(stun.port)"))
        // Nobody answers on the host of -a.
        _ = try PortReservation(.udp, port: stun.port)
    }

    @Test(
        "What contradicts it ends the start in one line",
        arguments: [["-stun=false"], ["-stun-port", "3479"], ["-dev"]]
    )
    func contradiction(flags: [String]) throws {
        let process = try ChildProcess(
            [BuiltProducts.server, "-c", "k", "-certmode=none", "--stun-listen", "127.0.0.1:3478"] + flags,
            directory: self.directory.url,
            name: "server"
        )
        #expect(try process.waitForExit() == .code(64))
        #expect(process.errors.hasPrefix("DERPServer: --stun-listen ") && process.errors.hasSuffix("leave one out\n"))
    }

    // MARK: headscale's file

    private func writeConfiguration(stun: String) throws {
        try self.directory.write(
            """
            server_url: https://headscale.relays.test
            listen_addr: 127.0.0.1:8080
            derp:
              server:
                enabled: true
                stun_listen_addr: "\(stun)"
                private_key_path: derp_server_private.key
              urls: []
            """,
            to: "config.yaml"
        )
    }

    /// The line of docs/configuration.md, on a machine with two more addresses, at which a client asks.
    private static let script = """
        set -e
        ip address add 192.0.2.7/32 dev lo
        ip address add 2001:db8::7/128 dev lo
        "$0" --config config.yaml -a 127.0.0.1:8081 -certmode none 2>server.log &
        until grep -q Serving server.log; do kill -0 $!; sleep 0.1; done
        "$0" check 999 --map map.yaml --json --timeout 2s || true
        echo done
        wait

        """

    @Test(
        "headscale's stun_listen_addr counts beside -a: its clients are answered, from the address that they asked",
        arguments: [
            ("0.0.0.0:3478", [4, 6]), ("[::]:3478", [4, 6]), ("192.0.2.7:3478", [4]), ("[2001:db8::7]:3478", [6]),
        ]
    )
    func headscale(stun: String, families: [Int]) throws {
        try self.writeConfiguration(stun: stun)
        try self.directory.write(
            """
            regions:
              999:
                regioncode: headscale
                nodes: [{name: 999a, hostname: 192.0.2.7, ipv4: 192.0.2.7, ipv6: "2001:db8::7", derpport: 8081}]
            """,
            to: "map.yaml"
        )
        let process = try OwnNetwork.run(Self.script, in: self.directory)
        try eventually("a client has asked", within: .seconds(60)) {
            let log = (try? self.directory.contents(of: "server.log")) ?? ""
            guard !process.hasEnded else { throw KitError.closed(process.errors + log) }
            return process.output.contains("done")
        }
        for family in [4, 6] {
            let isAnswered = process.output.contains("\"stunIPv\(family)Milliseconds\"")
            #expect(isAnswered == families.contains(family), "\(process.output)")
        }
        process.send(signal: SIGKILL)
    }

    @Test("Where headscale's server has the address, the message says what to change; without STUN the relay serves")
    func besideHeadscale() throws {
        let taken = try PortReservation(.udp)
        let relay = try PortReservation(.tcp)
        try self.writeConfiguration(stun: "127.0.0.1:\(taken.port)")
        let file = self.directory.file("config.yaml").path
        let line = [BuiltProducts.server, "--config", file, "-a", "127.0.0.1:\(relay.port)", "-certmode", "none"]
        relay.release()
        let refused = try ChildProcess(line, directory: self.directory.url, name: "refused")
        #expect(try refused.waitForExit() == .code(1))
        #expect(
            refused.errors
                == "DERPServer: \(file):6: --stun-listen: listen on UDP 127.0.0.1:\(taken.port): Address already in "
                + "use: headscale's embedded server may answer STUN there: -stun=false leaves STUN to it, or give another "
                + "--stun-listen\n"
        )
        let server = try ChildProcess(line + ["-stun=false"], directory: self.directory.url, name: "server")
        try eventually("it serves") {
            guard !server.hasEnded else { throw KitError.closed(server.errors) }
            return server.errors.contains("Serving")
        }
        server.send(signal: SIGTERM)
        #expect(try server.waitForExit() == .code(0))
    }
}
