import Testing

@testable import DERPServer

@Suite("Flags of STUN")
struct STUNFlagTests {
    private func stun(_ arguments: String..., variables: [String: String] = [:]) throws -> STUNSettings? {
        let environment = HostEnvironment(
            isRoot: true,
            hostname: "machine",
            variables: variables.merging(["HOME": "/root"]) { $1 }
        )
        switch CommandLineRequest(arguments, in: environment) {
        case .serve(let settings): return settings.stun
        case .refuse(let error): throw error
        default: throw UsageError("another command")
        }
    }

    @Test("STUN listens on the host of -a, unless it has an address of its own")
    func addresses() throws {
        let beside = try self.stun("-a=192.0.2.1:443", "-stun-port=3479")
        #expect(beside == STUNSettings(address: .init(host: "192.0.2.1", port: 3479), flag: Flag[\.listening.stunPort]))
        let own = try self.stun("-a=127.0.0.1:8081", "--stun-listen", "0.0.0.0:3479")
        #expect(own == STUNSettings(address: .init(host: "0.0.0.0", port: 3479), flag: Flag[\.listening.stunAddress]))
        #expect(try self.stun("-stun-listen=[::]:3478")?.address.isEvery == true)
        #expect(try self.stun("--stun-listen=", "-stun-port=3479")?.address == .init(host: "", port: 3479))
        #expect(try self.stun("-stun=false") == nil)
    }

    @Test("a flag, a variable and a file's key say the same")
    func forms() throws {
        let expected = STUNSettings(
            address: .init(host: "2001:db8::1", port: 3479),
            flag: Flag[\.listening.stunAddress]
        )
        #expect(try self.stun("--stun-listen=[2001:db8::1]:3479") == expected)
        #expect(try self.stun(variables: ["DERP_STUN_LISTEN": "[2001:db8::1]:3479"]) == expected)
        let file = try Configured("relay: {stun_listen: \"[2001:db8::1]:3479\"}")
        #expect(try file.settings().stun == expected)
        #expect(try file.settings(variables: ["DERP_STUN_LISTEN": ":1"]).stun?.address.port == 1)
        #expect(try file.settings("--stun-listen=:2", variables: ["DERP_STUN_LISTEN": ":1"]).stun?.address.port == 2)
    }

    @Test("what contradicts it is refused in one line; the same port twice does not")
    func contradictions() throws {
        #expect(
            throws: UsageError("--stun-listen has another port than -stun-port: leave one out")
        ) {
            try self.stun("--stun-listen=:3479", "-stun-port=3480")
        }
        #expect(throws: UsageError.self) { try self.stun("--stun-listen=:3479", "-stun-port=3478") }
        #expect(try self.stun("--stun-listen=:3479", "-stun-port=3479")?.address.port == 3479)
        #expect(
            throws: UsageError(
                "--stun-listen sets where STUN is answered, but -stun=false turns it off: leave one out"
            )
        ) {
            try self.stun("--stun-listen=:3479", "-stun=false")
        }
        #expect(
            throws: UsageError(
                "--stun-listen can't be combined with -dev, which listens on 127.0.0.1 only: leave one out"
            )
        ) {
            try self.stun("-dev", "--stun-listen=:3479")
        }
        let file = try Configured("relay:\n  stun_listen: x\n")
        #expect(
            throws: UsageError(
                "derp.yaml:2: --stun-listen is :port, ip:port, [ipv6]:port or name:port, not \"x\""
            )
        ) {
            try file.settings()
        }
    }
}
