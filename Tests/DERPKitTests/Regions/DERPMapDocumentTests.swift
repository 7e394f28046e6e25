import Testing

@testable import DERPKit

@Suite("Map sources")
struct DERPMapDocumentTests {
    /// Two regions in each form.
    private static let yaml = """
        # Ours
        regions:
          1: null
          900:
            regionid: 900
            regioncode: custom-east
            regionname: East & more
            latitude: 47.5
            nodes:
              - name: 900a
                regionid: 900
                hostname: east.relays.test
                ipv4: 10.0.0.1
                ipv6: none
                canport80: true
                derpport: 8443
                stunport: -1
          901:
            regioncode: 901
            nodes: [{name: 901a, hostname: west.relays.test}]
        omitdefaultregions: true
        homeparams:
          regionscore:
            900: 0.5
        """
    private static let json = """
        {"Regions": {"1": null,
         "900": {"RegionID": 900, "RegionCode": "custom-east", "RegionName": "East \\u0026 more", "Latitude": 4.75e1,
          "Nodes": [{"Name": "900a", "RegionID": 900, "HostName": "east.relays.test", "IPv4": "10.0.0.1",
           "IPv6": "none", "CanPort80": true, "DERPPort": 8443, "STUNPort": -1}]},
         "901": {"RegionCode": "901", "Nodes": [{"Name": "901a", "HostName": "west.relays.test"}]}},
         "omitDefaultRegions": true, "HomeParams": {"RegionScore": {"900": 0.5}}}
        """
    private static let layer: DERPMapLayer = {
        let east = DERPNode(
            name: "900a",
            regionID: 900,
            hostName: "east.relays.test",
            ipv4: "10.0.0.1",
            ipv6: "none",
            stunPort: -1,
            derpPort: 8443,
            canPort80: true
        )
        let west = DERPNode(name: "901a", regionID: 901, hostName: "west.relays.test")
        return DERPMapLayer(
            regions: [
                1: nil,
                900: DERPRegion(
                    regionID: 900,
                    regionCode: "custom-east",
                    regionName: "East & more",
                    latitude: 47.5,
                    nodes: [east]
                ),
                901: DERPRegion(regionID: 901, regionCode: "901", regionName: "", nodes: [west]),
            ],
            homeParams: .init(regionScore: [900: 0.5]),
            omitDefaultRegions: true
        )
    }()

    @Test("YAML with lower-case names and JSON say the same; missing ids are filled in", arguments: [yaml, json])
    func forms(text: String) {
        let document = DERPMapDocument(text)
        #expect(document.findings == [])
        #expect(document.layer == Self.layer)
        #expect(document.map.regions.keys.sorted() == [900, 901] && document.map.omitDefaultRegions)
    }

    @Test("an empty source says nothing", arguments: ["", "\n", "{}", "null", "regions:\n", "# only a comment\n"])
    func empty(text: String) {
        #expect(DERPMapDocument(text) == DERPMapDocument("{}"))
        #expect(DERPMapDocument(text).findings == [])
    }

    @Test("what a source may cost is bounded")
    func bounds() {
        let nested = String(repeating: "[", count: 100_000)
        let laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
        let regions = (1...5000).map { "  \($0): {nodes: []}\n" }.joined()
        let texts = [
            nested, String(repeating: "- ", count: 100_000), String(repeating: "{\"a\":", count: 100_000), laughs,
            "? [&a x]\n: y", "regions:\n" + regions, String(repeating: " ", count: 6 << 20),
            String(repeating: "a: {", count: 5000),
        ]
        for text in texts {
            let document = DERPMapDocument(text)
            #expect(!document.isUsable)
            #expect(document.findings.count <= 101)
            #expect(document.layer == DERPMapLayer())
        }
    }

    @Test("a finding shows nothing that a terminal would obey, and little of what is long")
    func quoting() throws {
        let document = DERPMapDocument("{\"\\u001b[2J\": 1, \"\(String(repeating: "x", count: 5000))\": 2}")
        #expect(document.isUsable)
        #expect(document.findings.map(\.line) == [1, 1])
        #expect(document.findings.allSatisfy { $0.message.utf8.count < 200 && !$0.message.contains("\u{1b}") })
    }

    @Test(
        "text that YAML takes for something else, or doesn't allow, is the same when it is read again",
        arguments: [
            "\u{7f}", "a\u{85}b", "a\u{2028}b", "a\u{feff}", "\u{fffe}", "\u{1f600}\u{e0001}", "\"\\/", " a\nb\t\r ",
            "&a *a", "null",
            "1e5", "- a: b", "\u{600},", "\u{1b}[2J\u{9b}",
        ]
    )
    func writtenText(text: String) {
        let node = DERPNode(name: text, regionID: 1, hostName: "a.relays.test")
        let map = DERPMap(regions: [DERPRegion(regionID: 1, regionCode: text, regionName: text, nodes: [node])])
        let document = DERPMapDocument(map.yaml(), form: .yaml)
        #expect(document.findings == [] && document.map == map)
        #expect(map.yaml().unicodeScalars.allSatisfy { $0 == "\n" || OutsideText.isVisible($0) })
    }
}
