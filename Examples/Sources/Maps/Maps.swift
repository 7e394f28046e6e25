import DERPKit

/// Reads maps, tells what is wrong with them, and lays one over the other.
@main
struct Maps {
    static func main() {
        let text = """
            regions:
              1: null
              900:
                regioncode: home
                regionname: Home
                nodes:
                  - name: 900a
                    hostname: relay.example.com
                    stunport: 3479
            """
        let document = DERPMapDocument(text)
        for finding in document.findings {
            print("derp.yaml:\(finding.line): \(finding.severity): \(finding.message)")
        }

        let base = DERPMapDocument(
            #"{"Regions": {"1": {"RegionID": 1, "RegionCode": "a", "RegionName": "A"}, "2": {"RegionID": 2, "RegionName": "B"}}}"#
        )
        var map = LayeredDERPMap()
        map.apply(base.layer, from: "base.json")
        map.apply(document.layer, from: "derp.yaml")
        for (id, region) in map.map.regions.sorted(by: { $0.key < $1.key }) {
            print("\(id) \(region.regionName), from \(map.origins[id] ?? "nowhere")")
        }
    }
}
