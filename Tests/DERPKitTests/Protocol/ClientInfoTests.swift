import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("ClientInfo")
struct ClientInfoTests {
    private static let meshKey = String(repeating: "0123456789abcdef", count: 4)

    private func read(_ json: String) -> ClientInfo? { ClientInfo(json: Array(json.utf8)) }

    @Test("every member is read")
    func members() throws {
        let json = """
            {"meshKey":"\(Self.meshKey)","version":2,"CanAckPings":true,"IsProber":true,"AppName":"probe"}
            """
        let info = try #require(self.read(json))
        #expect(info.meshKey == MeshKey(text: Self.meshKey))
        #expect(info.version == 2)
        #expect(info.canAckPings)
        #expect(info.isProber)
        #expect(info.appName == "probe")
    }

    @Test("any version, nothing at all, null, names in other case, and what nobody knows are taken")
    func lenient() {
        #expect(self.read("{}") == ClientInfo())
        #expect(self.read("null") == ClientInfo())
        #expect(self.read(" \n{ } \t") == ClientInfo())
        #expect(self.read(#"{"version":0}"#)?.version == 0)
        #expect(self.read(#"{"version":-7}"#)?.version == -7)
        #expect(self.read(#"{"VERSION":99}"#)?.version == 99)
        #expect(self.read(#"{"MESHKEY":"\#(Self.meshKey)"}"#)?.meshKey == MeshKey(text: Self.meshKey))
        #expect(self.read(#"{"canackpings":true,"iSpRoBeR":true}"#)?.isProber == true)
        #expect(self.read(#"{"other":[1,{"x":null}],"Another":"\u0000"}"#) == ClientInfo())
        #expect(self.read(#"{"meshKey":null,"version":null,"AppName":null,"CanAckPings":null}"#) == ClientInfo())
        #expect(self.read(#"{"other":[0,-0,1.5e+3,2E-7,0.0,[],{},"\u00e9",true,false,[[]]]}"#) == ClientInfo())
        #expect(self.read(#"{"AppName":"\ud83d x"}"#)?.appName == "\u{fffd} x")
        #expect(self.read(#"{"AppName":"\"\\\/\b\f\n\r\t"}"#)?.appName == "\"\\/\u{8}\u{c}\n\r\t")
        #expect(self.read(#"{"version":1,"version":3}"#)?.version == 3)
        #expect(self.read(#"{"AppName":"\ud83d\udd11 ü"}"#)?.appName == "🔑 ü")
    }

    @Test(
        "a number in a string, a fraction, trailing bytes, and other malformed JSON are refused",
        arguments: [
            #"{"version":"2"}"#, #"{"version":2.5}"#, #"{"version":1e400}"#, #"{"version":99999999999999999999}"#,
            #"{"version":true}"#, #"{"version":[]}"#, #"{"version":2.0}"#, #"{"version":2e0}"#,
            #"{"other":1.}"#, #"{"other":-}"#, #"{"other":+1}"#, #"{"other":[1,]}"#, #"{"other":.5}"#, #"{"other":1e}"#,
            #"{"other":"\u12g4"}"#, #"{"other":"\u12"#, #"{"other":tru}"#, #"{"other":[}"#, "\u{a0}{}",
            #"{"CanAckPings":1}"#, #"{"CanAckPings":"true"}"#, #"{"IsProber":0}"#, #"{"AppName":7}"#,
            "", " ", "{", "}", "{}x", "{}{}", "{} null", "{}\u{0}", "[]", "7", #""x""#, "true", "nul", "{,}",
            #"{"version":2,}"#, #"{"version" 2}"#, "{'version':2}", #"{"version":02}"#, #"{"AppName":"x}"#,
            #"{"AppName":"\x"}"#, "{\"AppName\":\"\n\"}", "\u{feff}{}", "// x\n{}",
        ]
    )
    func malformed(json: String) {
        #expect(self.read(json) == nil)
    }

    @Test("a mesh key that is not 64 hexadecimal digits is refused")
    func meshKeys() {
        let bad: [String] = [
            "", "00", "x" + Self.meshKey.dropFirst(), Self.meshKey + "00", String(Self.meshKey.dropLast(2)),
        ]
        for key in bad {
            #expect(self.read(#"{"meshKey":"\#(key)"}"#) == nil, "\(key)")
        }
        #expect(self.read(#"{"meshKey":7}"#) == nil)
        #expect(self.read(#"{"meshKey":" \#(Self.meshKey)"}"#) == nil)
    }

    @Test("names count however they are written, and only as a whole")
    func names() {
        #expect(self.read(#"{"\u0056ersion":5}"#)?.version == 5)
        #expect(self.read(#"{"\u0076\u0065\u0072\u0073\u0069\u006f\u006E":5}"#)?.version == 5)
        // The sign for kelvin is a K.
        #expect(self.read("{\"CanAc\u{212a}Pings\":true}")?.canAckPings == true)
        #expect(self.read(#"{"CanAc\u212aPings":true}"#)?.canAckPings == true)
        for name in [
            "versio", "versions", "vers\\u00efon", "version\\u0000", "version\\n", "vërsion", "v\\\\ersion", "",
        ] {
            #expect(self.read("{\"\(name)\":\"x\"}") == ClientInfo(), "\(name)")
        }
    }

    @Test("integers count as far as they fit")
    func integers() {
        #expect(self.read("{\"version\":\(Int.max)}")?.version == .max)
        #expect(self.read("{\"version\":\(Int.min)}")?.version == .min)
        #expect(self.read("{\"version\":-0}")?.version == 0)
        #expect(self.read("{\"version\":9223372036854775808}") == nil)
        #expect(self.read("{\"version\":-9223372036854775809}") == nil)
        #expect(self.read("{\"other\":9223372036854775808}") == ClientInfo())
        let digits = String(repeating: "9", count: 200_000)
        #expect(self.read("{\"other\":\(digits)}") == ClientInfo())
        #expect(self.read("{\"version\":\(digits)}") == nil)
    }

    @Test("containers may be nested 64 deep, of either kind", arguments: ["[", "{\"a\":", "[{\"a\":"])
    func nesting(opening: String) {
        let units = opening == "[{\"a\":" ? 2 : 1
        let closing = opening.compactMap { $0 == "[" ? "]" : $0 == "{" ? "}" : nil }.reversed().joined()
        for (depth, isTaken) in [
            (1, true), (31, true), (32, true), (63 / units, true), (65 / units + 1, false), (200, false),
        ] {
            let inner = String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
            #expect((self.read("{\"other\":\(inner),\"version\":7}")?.version == 7) == (isTaken && depth * units < 64))
        }
        let wrong = closing.last == "]" ? "}" : "]"
        #expect(self.read("{\"other\":\(opening)1\(closing.dropLast())\(wrong)}") == nil)
    }

    @Test("many members, names, escapes and mesh keys do no harm, and the last of each counts")
    func large() {
        let member = #""AppName":"\u0041\ud83d\udd11","meshKey":"\#(Self.meshKey)","version":1,"İ":{"a":[1,{}]},"#
        let many = String(repeating: member, count: 500)
        let info = self.read("{\(many)\"version\":4}")
        #expect(info?.version == 4 && info?.appName == "A🔑" && info?.meshKey == MeshKey(text: Self.meshKey))
        #expect(self.read("{\(many)\"version\":4,}") == nil)
    }

    @Test("4,096 values are taken, and not one more, wherever they are; a text of 256 KiB is")
    func values() {
        let limit = StrictJSON.valueLimit
        for (count, isTaken) in [(limit - 1, true), (limit, false), (100_000, false)] {
            let members = String(repeating: "\"a\":1,", count: count)
            #expect((self.read("{\(members)\"version\":4}") != nil) == isTaken)
            let list = String(repeating: "[],", count: count - 1) + "1"
            #expect((self.read("{\"a\":[\(list)]}") != nil) == (count < limit))
        }
        // As an app name that is nonsense, and counts for nothing.
        for (count, expected) in [(300, 300), (20_000, 0)] {
            let text = String(repeating: "\\ud83d\\udd11", count: count)
            #expect(self.read("{\"AppName\":\"\(text)\"}")?.appName == String(repeating: "🔑", count: expected))
        }
    }

    @Test("256 KiB of brackets are refused without harm")
    func deep() {
        for text in ["[", "{\"a\":", "[[[]"] {
            let json = String(repeating: text, count: PacketLimits.clientInfo / text.utf8.count)
            #expect(self.read(json) == nil)
        }
    }

    @Test("text that is not UTF-8 does no harm")
    func notUTF8() {
        _ = ClientInfo(json: Array(#"{"AppName":""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8))
        #expect(ClientInfo(json: [0xff, 0xfe, 0x00]) == nil)
    }

    @Test("what is written says what a client says, and is read back")
    func written() throws {
        #expect(String(decoding: ClientInfo().json(), as: UTF8.self) == #"{"version":2}"#)
        var info = ClientInfo()
        info.canAckPings = true
        info.isProber = true
        info.appName = "x"
        info.meshKey = MeshKey(text: Self.meshKey)
        #expect(ClientInfo(json: info.json()) == info)
        #expect(String(decoding: info.json(), as: UTF8.self).contains(#""meshKey":"\#(Self.meshKey)""#))
    }

    @Test("ServerInfo has its version, and no limits unless they are set")
    func serverInfo() {
        #expect(String(decoding: ServerInfo().json(), as: UTF8.self) == #"{"version":2}"#)
        var info = ServerInfo()
        info.tokenBucketBytesPerSecond = 1000
        info.tokenBucketBytesBurst = 65573
        let json = #"{"TokenBucketBytesBurst":65573,"TokenBucketBytesPerSecond":1000,"version":2}"#
        #expect(String(decoding: info.json(), as: UTF8.self) == json)
    }
}
