import Testing

@testable import DERPServer

@Suite("Messages")
struct MessageTests {
    private static func refusal(_ arguments: String..., variables: [String: String] = [:]) throws -> String {
        let variables = variables.merging(["HOME": "/root"]) { $1 }
        let environment = HostEnvironment(isRoot: true, hostname: "machine", variables: variables)
        guard case .refuse(let error) = CommandLineRequest(arguments, in: environment) else {
            throw UsageError("must be refused")
        }
        return error.description
    }

    @Test(
        "ranges are written as the flags are",
        arguments: [
            ("-tcp-keepalive-time=500ms", "-tcp-keepalive-time is 0 or 1s to 9h6m7s, not \"500ms\""),
            ("-tcp-write-timeout=25h", "-tcp-write-timeout is 0 or 1ms to 24h, not \"25h\""),
            ("--drain-time=2h", "--drain-time is 0 or 1ms to 1h, not \"2h\""),
            ("--acme-retry-delay=2h", "1s"),
            ("-accept-connection-burst=0", "-accept-connection-burst is a whole number from 1 on, not \"0\""),
        ]
    )
    func ranges(argument: String, message: String) throws {
        let refusal = try Self.refusal(argument)
        #expect(refusal.contains(message))
        #expect(!refusal.contains(" seconds") && !refusal.contains(".0"))
    }

    @Test("check's too")
    func check() throws {
        #expect(try Self.refusal("check", "http://h", "--timeout=1ms").contains("--timeout is 10ms…10m, such as 30s"))
    }

    @Test("no two names of -hostname may have one file in -certdir", arguments: ["self-signed", "manual"])
    func sameFile(mode: String) throws {
        let refusal = try Self.refusal("-certmode=\(mode)", "-hostname=relay_1.example.com,relay1.example.com")
        #expect(
            refusal
                == "-hostname has relay_1.example.com and relay1.example.com, which have the same file in -certdir, relay1.example.com.crt"
        )
    }

    @Test("nothing that is quoted starts a line or moves the cursor")
    func harmless() throws {
        #expect(try Self.refusal("map", "show", "--x\u{1b}[2J").contains("--x?[2J"))
        #expect(try Self.refusal("check", "http://h", "a\nb\u{202e}").contains("a b?"))
        let path = "/nonexistent\u{1b}\n"
        #expect(try Self.refusal("--config=\(path)").contains("/nonexistent? "))
        #expect(try Self.refusal(variables: ["DERP_CONFIG": path]).contains("/nonexistent? "))
        let notice = Notice.warning("A variable", ["name": "DERP_\u{1b}"])
        #expect(notice.description == "warning: A variable (name: DERP_?)")
    }
}
