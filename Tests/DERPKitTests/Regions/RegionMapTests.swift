import Testing

@testable import DERPKit

@Suite("Region map")
struct RegionMapTests {
    private let region = DERPRegion(
        regionID: 900,
        regionCode: "derp",
        regionName: "DERP",
        nodes: [DERPNode(name: "900a", regionID: 900, hostName: "127.0.0.1", derpPort: 3443)]
    )

    @Test("it hands out this server's own region, encoded")
    func document() async throws {
        let map = try RegionMap(ownRegion: self.region)
        let document = await map.document
        #expect(try DERPMap(json: document.json).regions == [900: self.region])
        #expect(document.etag.hasPrefix("\"") && document.etag.hasSuffix("\"") && document.etag.count == 34)
        #expect(await map.document == document)
    }

    @Test("another region is another document with another tag; the same region the same")
    func tag() async throws {
        let map = try RegionMap(ownRegion: self.region)
        let before = await map.document
        var changed = self.region
        changed.regionName = "Other"
        try await map.update(changed)
        #expect(await map.document.etag != before.etag)
        try await map.update(self.region)
        #expect(await map.document == before)
    }

    @Test("an id out of range or a number that is none is refused, and the map stays")
    func refused() async throws {
        let map = try RegionMap(ownRegion: self.region)
        var wrong = self.region
        wrong.regionID = 0
        await #expect(throws: DERPError.self) { try await map.update(wrong) }
        wrong = self.region
        wrong.latitude = .nan
        await #expect(throws: DERPError.self) { try await map.update(wrong) }
        #expect(await map.map.regions == [900: self.region])
    }

    @Test("without a region the map is empty")
    func none() async throws {
        #expect(
            String(decoding: await (try RegionMap(ownRegion: nil)).document.json, as: UTF8.self) == "{\"Regions\":{}}"
        )
    }
}
