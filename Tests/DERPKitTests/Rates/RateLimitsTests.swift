import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Rates of clients")
struct RateLimitsTests {
    private static let keys = (0..<4).map { _ in NodePrivateKey().publicKey }
    private static let smallest = RateLimits.Rate.smallestBurst

    private func read(_ text: String) throws -> RateLimits { try RateLimits(json: text) }

    /// What is wrong with `text`, and in which line.
    private func problem(_ text: String) -> String {
        do {
            _ = try RateLimits(json: text)
            return "nothing"
        } catch {
            return "\(error.line): \(error.message)"
        }
    }

    @Test("derper's keys, and what derper makes of them")
    func derper() throws {
        #expect(try self.read("{}") == RateLimits())
        #expect(try self.read(#"{"PerClientRateBurstBytes": 100}"#) == RateLimits())
        let small = try self.read(#"{"PerClientRateLimitBytesPerSec": 1000, "PerClientRateBurstBytes": 100}"#)
        #expect(small.perClient == RateLimits.Rate(bytesPerSecond: 1000, burst: Self.smallest))
        #expect(Self.smallest == 65536 + 37)
        let large = try self.read(#"{"PerClientRateLimitBytesPerSec":1000,"PerClientRateBurstBytes":200000}"#)
        #expect(large.perClient.burst == 200_000)
        #expect(try self.read(#"{"PerClientRateLimitBytesPerSec": 0}"#).perClient.isUnlimited)
    }

    @Test("the burst holds at least 50 ms of the rate")
    func fastBurst() {
        #expect(RateLimits.Rate(bytesPerSecond: 100_000_000).burst == 5_000_000)
        #expect(RateLimits.Rate(bytesPerSecond: 100_000_000, burst: 6_000_000).burst == 6_000_000)
        #expect(RateLimits.Rate.unlimited.burst == 0 && RateLimits.Rate(bytesPerSecond: -1).isUnlimited)
    }

    @Test("a key has its own rate, or its group's, or everybody's")
    func keysAndGroups() throws {
        let limits = try self.read(
            """
            {
              "PerClientRateLimitBytesPerSec": 1000,
              "Keys": {
                "\(Self.keys[0])": {"RateLimitBytesPerSec": 0},
                "\(Self.keys[1])": {"RateLimitBytesPerSec": 2000, "RateBurstBytes": 300000}
              },
              "Groups": {"office": {"Members": ["\(Self.keys[2])"], "RateLimitBytesPerSec": 3000}, "none": {"Members": [],
                "RateLimitBytesPerSec": 1}}
            }
            """
        )
        #expect(limits.rate(for: Self.keys[0]).isUnlimited)
        #expect(limits.rate(for: Self.keys[1]) == RateLimits.Rate(bytesPerSecond: 2000, burst: 300_000))
        #expect(limits.rate(for: Self.keys[2]) == RateLimits.Rate(bytesPerSecond: 3000))
        #expect(limits.rate(for: Self.keys[3]) == RateLimits.Rate(bytesPerSecond: 1000))
    }

    @Test("what is wrong is reported with its line, and nothing is ignored")
    func problems() {
        let key = "\(Self.keys[0])"
        #expect(self.problem("").hasPrefix("1: it is not JSON"))
        #expect(self.problem("[]") == "1: the file is an object, not a list")
        #expect(self.problem("null") == "1: the file is an object, not null")
        #expect(self.problem("{}\nx").hasPrefix("2: it is not JSON"))
        #expect(
            self.problem("{\n\"perClientRateLimitBytesPerSecond\": 1}")
                == "2: the file has no \"perClientRateLimitBytesPerSecond\": did you mean PerClientRateLimitBytesPerSec?"
        )
        #expect(self.problem(#"{"What": 1}"#) == #"1: the file has no "What""#)
        for value in ["-1", "1.5", "1e6", "\"1\"", "null", "true", "99999999999999999999"] {
            #expect(
                self.problem("{\n\n\"PerClientRateLimitBytesPerSec\": \(value)}")
                    == "3: PerClientRateLimitBytesPerSec is a whole number of bytes, 0 or more"
            )
        }
        #expect(self.problem(#"{"Keys": {"nodekey:12": {}}}"#) == "1: a key is nodekey: and 64 hexadecimal digits")
        #expect(!self.problem(#"{"Keys": {"privkey:\#(key)": {}}}"#).contains(key))
        #expect(self.problem(#"{"Keys": {"\#(key)": {}}}"#) == "1: RateLimitBytesPerSec is missing here")
        #expect(self.problem(#"{"Keys": {"\#(key)": 5}}"#) == "1: a key is an object, not a number")
        #expect(
            self.problem(#"{"Groups": {"a": {"RateLimitBytesPerSec": 1}}}"#)
                == "1: a group has Members, a list of node keys"
        )
        #expect(
            self.problem(#"{"Groups": {"a": {"Members": [1], "RateLimitBytesPerSec": 1}}}"#)
                == "1: a member of a group is a node key, not a number"
        )
        let group = #"{"Members": ["\#(key)"], "RateLimitBytesPerSec": 1}"#
        #expect(
            self.problem("{\"Groups\": {\"a\": \(group),\n\"b\": \(group)}}")
                == "2: this key has a rate from the group \"a\" already"
        )
        #expect(
            self.problem(#"{"Keys":{"\#(key)":{"RateLimitBytesPerSec":1}},"Groups":{"a":\#(group)}}"#)
                == "1: this key has a rate from Keys already"
        )
    }

    @Test("a file that can't be used is named")
    func files() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("{\n\"x\": 1}", to: "rates.json")
        #expect(throws: DERPError(.invalidConfiguration, "\(path), line 2: the file has no \"x\"")) {
            try RateLimits(path: path)
        }
        #expect(throws: DERPError.self) { try RateLimits(path: directory.file("missing")) }
    }

    @Test("nobody is told of a rate unless it is asked for")
    func silence() throws {
        let key = NodePrivateKey().publicKey
        let text = #""PerClientRateLimitBytesPerSec": 1000, "Keys": {"\#(key)": {"RateLimitBytesPerSec": 5000}}"#
        for (addition, isAdvertised) in [
            ("", false), (#", "AdvertiseRates": false"#, false), (#", "AdvertiseRates": true"#, true),
        ] {
            let table = RateTable(try RateLimits(json: "{\(text)\(addition)}"))
            #expect(table.limits.perClient.bytesPerSecond == 1000)
            let own = ServerInfo(json: table.serverInfo(for: key))
            let other = ServerInfo(json: table.serverInfo(for: NodePrivateKey().publicKey))
            #expect(own?.version == 2 && other?.version == 2)
            #expect(own?.tokenBucketBytesPerSecond == (isAdvertised ? 5000 : nil))
            #expect(other?.tokenBucketBytesPerSecond == (isAdvertised ? 1000 : nil))
            #expect(other?.tokenBucketBytesBurst == (isAdvertised ? Self.smallest : nil))
        }
        #expect(self.problem(#"{"AdvertiseRates": 1}"#) == "1: AdvertiseRates is true or false, not a number")
    }

    @Test("ServerInfo tells a client of its own rate, or of none, when rates are advertised")
    func serverInfo() {
        var limits = RateLimits()
        limits.areAdvertised = true
        limits.perClient = RateLimits.Rate(bytesPerSecond: 1000)
        limits.keys[Self.keys[0]] = .unlimited
        limits.keys[Self.keys[1]] = RateLimits.Rate(bytesPerSecond: 5000, burst: 100_000)
        let table = RateTable(limits)
        let infos = Self.keys.map { ServerInfo(json: table.serverInfo(for: $0)) }
        #expect(infos[0]?.tokenBucketBytesPerSecond == nil && infos[0]?.version == 2)
        #expect(infos[1]?.tokenBucketBytesPerSecond == 5000 && infos[1]?.tokenBucketBytesBurst == 100_000)
        #expect(infos[2]?.tokenBucketBytesPerSecond == 1000 && infos[2]?.tokenBucketBytesBurst == Self.smallest)
    }
}
