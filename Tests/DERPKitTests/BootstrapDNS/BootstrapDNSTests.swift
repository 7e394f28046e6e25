import AsyncSockets
import Dispatch
import TestSupport
import Testing

@testable import DERPKit

@Suite("/bootstrap-dns")
struct BootstrapDNSTests {
    private static func map(_ nodes: DERPNode...) -> DERPMap {
        var map = DERPMap()
        map.regions[900] = DERPRegion(regionID: 900, regionCode: "t", regionName: "T", nodes: nodes)
        return map
    }

    private static func node(_ host: String, ipv4: String = "", ipv6: String = "") -> DERPNode {
        DERPNode(name: host, regionID: 900, hostName: host, ipv4: ipv4, ipv6: ipv6)
    }

    private static func dns(_ published: [String] = [], unpublished: [String] = []) -> BootstrapDNS {
        var names = BootstrapNames()
        names.published = published
        names.unpublished = unpublished
        return BootstrapDNS(names: names)
    }

    private static func text(_ dns: BootstrapDNS, _ query: String? = nil) -> String {
        String(decoding: dns.answer(query: query), as: UTF8.self)
    }

    @Test("without names it is an empty answer, as derper's is")
    func empty() async {
        let dns = Self.dns()
        #expect(Self.text(dns) == "")
        #expect(await dns.refresh(for: DERPMap()))
        #expect(Self.text(dns) == "" && Self.text(dns, "q=localhost") == "")
        #expect(await dns.refresh(for: Self.map(Self.node("192.0.2.1"))))
        #expect(Self.text(dns) == "")
    }

    @Test("the map's nodes are published with the addresses that the map has, and are not looked up")
    func fromMap() async {
        let dns = Self.dns()
        let map = Self.map(
            Self.node("B.relays.invalid", ipv4: "192.0.2.2", ipv6: "none"),
            Self.node("a.relays.invalid", ipv6: "2001:db8::1"),
            Self.node("192.0.2.9", ipv4: "192.0.2.9")
        )
        #expect(await dns.refresh(for: map))
        #expect(Self.text(dns) == #"{"a.relays.invalid":["2001:db8::1"],"b.relays.invalid":["192.0.2.2"]}"# + "\n")
        #expect(dns.counters == .init(names: 2, requests: 1, failures: 0))
        // Only those of the map that is.
        #expect(await dns.refresh(for: Self.map(Self.node("a.relays.invalid", ipv4: "192.0.2.7"))))
        #expect(Self.text(dns) == #"{"a.relays.invalid":["192.0.2.7"]}"# + "\n")
    }

    @Test("names are looked up; a name that isn't published is answered only to a client that asks for it")
    func lookedUp() async {
        let dns = Self.dns(["relay.relays.invalid"], unpublished: ["LOCALHOST"])
        #expect(
            await !dns.refresh(
                for: Self.map(Self.node("relay.relays.invalid", ipv4: "192.0.2.1"), Self.node("x.invalid"))
            )
        )
        let published = #"{"relay.relays.invalid":["192.0.2.1"]}"# + "\n"
        for query in [nil, "", "q=", "q=other", "q=relay.relays.invalid", "p=localhost", "localhost", "q=localhost2"] {
            #expect(Self.text(dns, query) == published, "\(query ?? "nil")")
        }
        for query in ["q=localhost", "q=LocalHost", "x=1&q=localhost&q=other"] {
            let text = Self.text(dns, query)
            #expect(text.hasPrefix(#"{"localhost":["#) && text.contains("\"127.0.0.1\"") && !text.contains("relay"))
        }
        #expect(dns.counters.failures == 1 && dns.counters.names == 2)
    }

    @Test("a name whose look-up fails keeps the addresses that it had")
    func kept() async {
        let dns = Self.dns()
        _ = await dns.refresh(for: Self.map(Self.node("a.invalid", ipv4: "192.0.2.1")))
        #expect(await !dns.refresh(for: Self.map(Self.node("a.invalid"), Self.node("b.invalid"))))
        #expect(Self.text(dns) == #"{"a.invalid":["192.0.2.1"]}"# + "\n")
    }

    @Test("a name that nobody answers for holds up no other", .timeLimit(.minutes(1)))
    func silentName() async throws {
        let silence = DispatchSemaphore(value: 0)
        var names = BootstrapNames()
        names.published = (0..<8).map { "silent\($0).invalid" } + ["quick.invalid"]
        names.unpublished = ["secret.invalid"]
        let resolver = HostResolver(threadLimit: 16) { name in
            if name.hasPrefix("silent") { silence.wait() }
            return .success([IPAddress(ipv4: 0xc000_0201)])
        }
        let dns = BootstrapDNS(names: names, resolver: resolver)
        let round = Task { await dns.refresh(for: Self.map(Self.node("known.invalid", ipv4: "192.0.2.7"))) }
        try await waitUntil("what the map says is told") { Self.text(dns).contains("192.0.2.7") }
        try await waitUntil("what was answered is told") { Self.text(dns).contains("quick.invalid") }
        try await waitUntil("of who asks too") { Self.text(dns, "q=secret.invalid").contains("192.0.2.1") }
        #expect(!Self.text(dns).contains("silent"))
        for _ in 0..<8 { silence.signal() }
        #expect(await round.value)
        #expect(Self.text(dns).contains("silent7.invalid") && dns.counters.failures == 0)
    }

    @Test("of very many names the first are published")
    func bounded() async {
        let dns = Self.dns()
        var map = DERPMap()
        for id in 1...40 {
            let nodes = (0..<40).map { Self.node("h\(id * 100 + $0).invalid", ipv4: "192.0.2.1") }
            map.regions[id] = DERPRegion(regionID: id, regionCode: "", regionName: "", nodes: nodes)
        }
        #expect(await dns.refresh(for: map))
        #expect(dns.counters.names == BootstrapNames.limit)
    }

    @Test("a new map is looked at by itself", .timeLimit(.minutes(1)))
    func followsMap() async throws {
        let map = try RegionMap(ownRegion: Self.map(Self.node("a.invalid", ipv4: "192.0.2.1")).regions[900])
        let dns = Self.dns()
        let running = Task { await dns.run(for: map) }
        defer { running.cancel() }
        try await waitUntil("a.invalid is told") { Self.text(dns).contains("a.invalid") }
        let later = try #require(Self.map(Self.node("b.invalid", ipv4: "192.0.2.2")).regions[900])
        try await map.update(later)
        try await waitUntil("b.invalid is told") { Self.text(dns).contains("b.invalid") }
        #expect(!Self.text(dns).contains("a.invalid"))
    }

    @Test("only DNS names can be told", arguments: ["", "192.0.2.1", "::1", "a b", "a/b", "a\"b", "a..b"])
    func names(text: String) {
        #expect(!BootstrapNames.isName(text))
        var names = BootstrapNames()
        names.unpublished = ["good.example", text]
        #expect(throws: DERPError.self) { try names.validate() }
    }
}
