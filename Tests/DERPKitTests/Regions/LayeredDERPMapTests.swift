import Testing

@testable import DERPKit

/// The cases of headscale's documentation of DERP, on a small stand-in for the public map.
@Suite("Merged maps")
struct LayeredDERPMapTests {
    private static let published = """
        {"Regions":{"1":{"RegionID":1,"RegionCode":"nyc","RegionName":"New York","Nodes":[\
        {"Name":"1a","RegionID":1,"HostName":"derp1.relays.test"}]},\
        "2":{"RegionID":2,"RegionCode":"sfo","RegionName":"San Francisco","Nodes":[\
        {"Name":"2a","RegionID":2,"HostName":"derp2.relays.test"}]}},\
        "HomeParams":{"RegionScore":{"2":0.9}},"omitDefaultRegions":true}
        """
    /// The documentation's file with two regions of one's own.
    private static let custom = """
        regions:
          900:
            regionid: 900
            regioncode: custom-east
            regionname: My region (east)
            nodes:
              - name: 900a
                regionid: 900
                hostname: derp900a.example.com
                ipv4: 198.51.100.1
                ipv6: 2001:db8::1
                canport80: true
          901:
            regionid: 901
            regioncode: custom-west
            regionname: My Region (west)
            nodes:
              - name: 901a
                regionid: 901
                hostname: derp901a.example.com
                ipv4: 198.51.100.2
                ipv6: 2001:db8::2
                canport80: true
        """
    private static let embedded = DERPRegion(
        regionID: 999,
        regionCode: "headscale",
        regionName: "Headscale Embedded DERP",
        nodes: [DERPNode(name: "999", regionID: 999, hostName: "vpn.relays.test", ipv4: "198.51.100.1")]
    )

    private static func merge(_ sources: (String, String)..., own: DERPRegion? = nil) -> LayeredDERPMap {
        var merged = LayeredDERPMap()
        for (origin, text) in sources {
            let document = DERPMapDocument(text)
            #expect(document.isUsable)
            merged.apply(document.layer, from: origin)
        }
        if let own { merged.apply(DERPMapLayer(regions: [own.regionID: own]), from: "own") }
        return merged
    }

    @Test("a file's null removes a region of the public map, and nothing else of it is lost")
    func removed() throws {
        let merged = Self.merge(("url", Self.published), ("derp.yaml", "regions:\n  1: null\n"))
        #expect(
            String(decoding: try merged.map.json(), as: UTF8.self) == """
                {"HomeParams":{"RegionScore":{"2":0.9}},"Regions":{"2":{"Nodes":[\
                {"HostName":"derp2.relays.test","Name":"2a","RegionID":2}],\
                "RegionCode":"sfo","RegionID":2,"RegionName":"San Francisco"}},"omitDefaultRegions":true}
                """
        )
        #expect(merged.origins == [2: "url"])
        #expect(merged.removals == [1: "derp.yaml"])
    }

    @Test("a null that removes nothing is remembered")
    func vain() {
        let merged = Self.merge(
            ("a", "regions: {1: null}"),
            ("url", Self.published),
            ("b", "regions: {2: null, 3: null}")
        )
        #expect(merged.vainRemovals == [1: "a", 3: "b"])
        #expect(merged.map.regions.keys.sorted() == [1])
    }

    @Test("regions of one's own, alone")
    func customOnly() throws {
        let merged = Self.merge(("derp.yaml", Self.custom))
        #expect(
            String(decoding: try merged.map.json(), as: UTF8.self) == """
                {"Regions":{"900":{"Nodes":[{"CanPort80":true,"HostName":"derp900a.example.com",\
                "IPv4":"198.51.100.1","IPv6":"2001:db8::1","Name":"900a","RegionID":900}],\
                "RegionCode":"custom-east","RegionID":900,"RegionName":"My region (east)"},\
                "901":{"Nodes":[{"CanPort80":true,"HostName":"derp901a.example.com",\
                "IPv4":"198.51.100.2","IPv6":"2001:db8::2","Name":"901a","RegionID":901}],\
                "RegionCode":"custom-west","RegionID":901,"RegionName":"My Region (west)"}}}
                """
        )
    }

    @Test("the embedded region comes on top, and prevails over a region with its id")
    func embedded() {
        let other = "regions: {999: {regioncode: other, nodes: [{name: 999a, hostname: other.relays.test}]}}"
        let merged = Self.merge(("url", Self.published), ("derp.yaml", other), own: Self.embedded)
        #expect(merged.map.regions.keys.sorted() == [1, 2, 999])
        #expect(merged.map.regions[999] == Self.embedded)
        #expect(merged.origins == [1: "url", 2: "url", 999: "own"])
    }

    @Test("the last layer with a region wins whole, and a removed region can be given again")
    func order() {
        let later = "regions: {2: {regioncode: new}, 1: null}"
        let last = "regions: {1: {regioncode: again}}"
        let merged = Self.merge(("url", Self.published), ("a", later), ("b", last))
        #expect(merged.map.regions[2] == DERPRegion(regionID: 2, regionCode: "new", regionName: ""))
        #expect(merged.map.regions[1]?.regionCode == "again")
        #expect(merged.origins == [1: "b", 2: "a"])
        #expect(merged.removals.isEmpty)
    }

    @Test("nodes in an order drawn from a seed are in the same order each time, whichever others are there")
    func shuffled() {
        let names = (0..<20).map { "n\($0)" }
        func order(_ names: [String], seed: String, region: Int = 1) -> [String] {
            var merged = LayeredDERPMap()
            let nodes = names.map { DERPNode(name: $0, regionID: region, hostName: $0) }
            let all = DERPRegion(regionID: region, regionCode: "", regionName: "", nodes: nodes)
            merged.apply(DERPMapLayer(regions: [region: all]), from: "a")
            merged.shuffleNodes(seed: seed)
            return merged.map.regions[region]?.nodes.map(\.name) ?? []
        }
        let first = order(names, seed: "a")
        #expect(first != names && first.sorted() == names.sorted())
        #expect(order(names.reversed(), seed: "a") == first)
        #expect(order(names.filter { $0 != "n7" }, seed: "a") == first.filter { $0 != "n7" })
        #expect(order(names, seed: "b") != first && order(names, seed: "a", region: 2) != first)
        // Each node comes first for about as many seeds as any other.
        let leaders = (0..<600).compactMap { order(["x", "y", "z"], seed: "\($0)").first }
        #expect(["x", "y", "z"].allSatisfy { name in (150...250).contains(leaders.count { $0 == name }) })
    }
}
