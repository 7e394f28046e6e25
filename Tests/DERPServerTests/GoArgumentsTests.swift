import Testing

@testable import DERPServer

@Suite("Go's command line")
struct GoArgumentsTests {
    @Test(
        "every form of a flag is read as Go reads it",
        arguments: [
            (["-a", ":3443"], ["a", ":3443"]), (["--a", ":3443"], ["a", ":3443"]), (["-a=:3443"], ["a", ":3443"]),
            (["--a=:3443"], ["a", ":3443"]), (["-a="], ["a", ""]),
            (["-http-port", "-1"], ["http-port", "-1"]), (["--http-port=-1"], ["http-port", "-1"]),
            (["-hostname", "-stun"], ["hostname", "-stun"]), (["-home=a=b"], ["home", "a=b"]),
            (["-stun"], ["stun", "true"]), (["--stun"], ["stun", "true"]), (["-stun=false"], ["stun", "false"]),
            (["-stun=0"], ["stun", "false"]), (["-stun=T"], ["stun", "true"]), (["--stun=FALSE"], ["stun", "false"]),
            (["-dev", "-stun=f"], ["dev", "true", "stun", "false"]),
            (["--region-id", "901"], ["region-id", "901"]), (["-region-id=901"], ["region-id", "901"]), ([], []),
        ]
    )
    func forms(given: [String], expected: [String]) throws {
        let arguments = try GoArguments(given)
        #expect(arguments.settings.flatMap { [$0.flag.name] + $0.values.map(\.text) } == expected)
        #expect(!arguments.wantsHelp)
    }

    @Test("help may be asked for anywhere", arguments: [["-h"], ["-help"], ["--help"], ["-stun", "-h", "-a", ":1"]])
    func help(given: [String]) throws {
        #expect(try GoArguments(given).wantsHelp)
    }

    @Test("Go's booleans, and nothing else", arguments: ["", "yes", "2", "tRUE", "on"])
    func booleans(text: String) {
        for word in ["1", "t", "T", "true", "TRUE", "True"] { #expect(GoBoolean.parse(word) == true) }
        for word in ["0", "f", "F", "false", "FALSE", "False"] { #expect(GoBoolean.parse(word) == false) }
        #expect(throws: UsageError("-stun is true or false, not \"\(text)\"")) {
            try GoArguments(["-stun=\(text)"])
        }
    }

    @Test(
        "what is no flag is refused in one line that helps",
        arguments: [
            (["-strun=1"], "unknown flag \"-strun\": did you mean -stun?"),
            (["--hostnme", "x"], "unknown flag \"-hostnme\": did you mean -hostname?"),
            (["--regionid=1"], "unknown flag \"-regionid\": did you mean --region-id?"),
            (["-quite-another-thing"], "unknown flag \"-quite-another-thing\": --help lists those that are"),
            (["-stun", "false"], "unexpected argument \"false\" (a boolean's value is attached: -stun=false)"),
            (["serve"], "unexpected argument \"serve\""), (["--"], "unexpected argument \"--\""),
            (["-"], "unexpected argument \"-\""), (["---a=1"], "\"---a=1\" is not a flag"),
            (["-=1"], "\"-=1\" is not a flag"),
            (["-a"], "-a needs a value"), (["--loops"], "--loops needs a value"),
            (["-x\n\u{1b}"], "unknown flag \"-x??\": --help lists those that are"),
        ]
    )
    func refused(given: [String], message: String) {
        #expect(throws: UsageError(message)) { try GoArguments(given) }
    }

    @Test("a flag of derper's that does nothing here is refused, unless it asks for nothing")
    func unsupported() throws {
        for flag in Flag.all where flag.support != .supported {
            let error = #expect(throws: UsageError.self) {
                try GoArguments([flag.kind == .boolean ? "-\(flag.name)" : "-\(flag.name)=1"])
            }
            #expect(error?.description.hasPrefix(flag.spelling + " ") == true)
            #expect(error?.description.contains("not supported") == true)
            #expect(
                try GoArguments([flag.kind == .boolean ? "-\(flag.name)=0" : "-\(flag.name)="]).settings.allSatisfy {
                    ["", "false"].contains($0.values.first?.text)
                }
            )
        }
        #expect(Set(Flag.all.map(\.name)).count == Flag.all.count)
    }

    @Test(
        "Go's durations",
        arguments: [
            ("10m", Duration.seconds(600)), ("1h30m", .seconds(5400)), ("15s", .seconds(15)),
            ("500ms", .milliseconds(500)), ("1.5h", .seconds(5400)), ("0", .zero), ("0s", .zero),
            (".5s", .milliseconds(500)),
            ("1.s", .seconds(1)), ("+2s", .seconds(2)), ("3us", .microseconds(3)), ("3µs", .microseconds(3)),
            ("7ns", .nanoseconds(7)), ("2562047h", .seconds(2_562_047 * 3600)),
        ]
    )
    func durations(text: String, expected: Duration) {
        #expect(GoDuration.parse(text) == expected)
    }

    @Test(
        "what is no duration is none",
        arguments: [
            "", "+", "-1s", "1", "15", "s", ".s", "1x", "1 s", "1s ", "1..5s", "1.2.3s", "ms5", "9999999h", "1e3s",
            "٣s",
            "99999999999999999999s", "1.9999999999999999999999999999.s",
        ]
    )
    func wrongDurations(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }
}
