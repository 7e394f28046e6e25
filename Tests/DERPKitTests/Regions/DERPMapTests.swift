import Testing

@testable import DERPKit

@Suite("DERP map")
struct DERPMapTests {
    private static let full = DERPRegion(
        regionID: 10,
        regionCode: "xyz",
        regionName: "X \"Y\" / Z",
        latitude: 47.5,
        longitude: -122,
        avoid: true,
        noMeasureNoHome: true,
        nodes: [
            DERPNode(
                name: "10a",
                regionID: 10,
                hostName: "derp.example.com",
                certName: "sha256-raw:ab",
                ipv4: "192.0.2.1",
                ipv6: "none",
                stunPort: -1,
                stunOnly: true,
                derpPort: 3443,
                insecureForTests: true,
                stunTestIP: "192.0.2.2",
                canPort80: true
            )
        ]
    )
    private static let plain = DERPRegion(
        regionID: 9,
        regionCode: "nine",
        regionName: "Nine",
        nodes: [DERPNode(name: "9a", regionID: 9, hostName: "nine.example.com")]
    )

    @Test("every member has its name, zero values are left out, regions come in order of their ids")
    func golden() throws {
        let map = DERPMap(
            regions: [Self.full, Self.plain],
            homeParams: .init(regionScore: [9: 0.5]),
            omitDefaultRegions: true
        )
        let expected = """
            {"HomeParams":{"RegionScore":{"9":0.5}},"Regions":{\
            "9":{"Nodes":[{"HostName":"nine.example.com","Name":"9a","RegionID":9}],\
            "RegionCode":"nine","RegionID":9,"RegionName":"Nine"},\
            "10":{"Avoid":true,"Latitude":47.5,"Longitude":-122,"NoMeasureNoHome":true,"Nodes":[\
            {"CanPort80":true,"CertName":"sha256-raw:ab","DERPPort":3443,"HostName":"derp.example.com",\
            "IPv4":"192.0.2.1","IPv6":"none","InsecureForTests":true,"Name":"10a","RegionID":10,"STUNOnly":true,\
            "STUNPort":-1,"STUNTestIP":"192.0.2.2"}],\
            "RegionCode":"xyz","RegionID":10,"RegionName":"X \\"Y\\" / Z"}},\
            "omitDefaultRegions":true}
            """
        #expect(String(decoding: try map.json(), as: UTF8.self) == expected)
        #expect(try DERPMap(json: try map.json()) == map)
    }

    @Test("an empty map still has its regions member, and a region its nodes")
    func empty() throws {
        #expect(String(decoding: try DERPMap().json(), as: UTF8.self) == "{\"Regions\":{}}")
        let bare = DERPMap(regions: [DERPRegion(regionID: 1, regionCode: "", regionName: "")], homeParams: .init())
        #expect(
            String(decoding: try bare.json(), as: UTF8.self)
                == "{\"HomeParams\":{},\"Regions\":{\"1\":{\"Nodes\":[],\"RegionCode\":\"\",\"RegionID\":1,\"RegionName\":\"\"}}}"
        )
    }

    @Test("unknown members, null and missing members are no error; missing ids are filled in from the key")
    func tolerance() throws {
        let text = """
            {"Later": 1, "HomeParams": null, "Regions": {"7": {"RegionCode": null, "Nodes": [
              null, {"Name": "7a", "HostName": "h", "STUNPort": null, "New": {}}]}, "8": null}}
            """
        let map = try DERPMap(json: text.utf8)
        let node = DERPNode(name: "7a", regionID: 7, hostName: "h")
        #expect(map.regions == [7: DERPRegion(regionID: 7, regionCode: "", regionName: "", nodes: [node])])
        #expect(try DERPMap(json: "{}".utf8) == DERPMap())
    }

    @Test("a layer's null removes a region, its regions replace whole ones, and what it leaves out stays")
    func layers() throws {
        var map = DERPMap(
            regions: [Self.plain, Self.full],
            homeParams: .init(regionScore: [9: 2]),
            omitDefaultRegions: true
        )
        let json = #"{"Regions":{"10":null,"9":{"RegionCode":"new"},"11":{"RegionID":11}}}"#
        map.apply(try DERPMapLayer(json: json.utf8))
        #expect(map.regions.keys.sorted() == [9, 11])
        #expect(map.regions[9] == DERPRegion(regionID: 9, regionCode: "new", regionName: ""))
        #expect(map.homeParams?.regionScore == [9: 2])
        #expect(map.omitDefaultRegions)
    }

    @Test(
        "a wrong map is refused with the place",
        arguments: [
            (#"{"Regions":{"0":{}}}"#, "Regions.0"),
            (#"{"Regions":{"-1":{}}}"#, "Regions.-1"),
            (#"{"Regions":{"01":{}}}"#, "Regions.01"),
            (#"{"Regions":{"9007199254740992":{}}}"#, "Regions.9007199254740992"),
            (#"{"Regions":{"x":{}}}"#, "Regions.x"),
            (#"{"Regions":{"1":{"RegionID":2}}}"#, "Regions.1"),
            (#"{"Regions":{"1":{"RegionID":"1"}}}"#, "Regions.1.RegionID"),
            (#"{"Regions":{"1":{"Nodes":[{"DERPPort":65536}]}}}"#, "Regions.1.Nodes.0.DERPPort"),
            (#"{"Regions":{"1":{"Nodes":[{"STUNPort":-2}]}}}"#, "Regions.1.Nodes.0.STUNPort"),
            (#"{"Regions":[]}"#, "Regions"),
            (#"{"HomeParams":{"RegionScore":{"a":1}}}"#, "HomeParams.RegionScore.a"),
            ("[]", ""), ("", ""), ("{", ""),
        ]
    )
    func wrong(json: String, place: String) throws {
        let error = #expect(throws: DERPError.self) { try DERPMap(json: json.utf8) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.hasPrefix("the DERP map is wrong" + (place.isEmpty ? "" : " at \(place):")) == true)
    }

    @Test("what a map may cost is bounded")
    func bounds() throws {
        let regions = (1...4097).map { "\"\($0)\":{}" }.joined(separator: ",")
        let nodes = Array(repeating: "{}", count: 257).joined(separator: ",")
        let text = String(repeating: "x", count: 1025)
        for json in [
            "{\"Regions\":{\(regions)}}", "{\"Regions\":{\"1\":{\"Nodes\":[\(nodes)]}}}",
            "{\"Regions\":{\"1\":{\"RegionName\":\"\(text)\"}}}", String(repeating: " ", count: (5 << 20) + 1),
            String(repeating: "[", count: 1 << 20),
        ] {
            #expect(throws: DERPError.self) { try DERPMap(json: json.utf8) }
        }
    }
}
