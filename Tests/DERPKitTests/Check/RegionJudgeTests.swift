import Testing

@testable import DERPKit

@Suite("What is said about a region")
struct RegionJudgeTests {
    private let node = DERPNode(name: "1a", regionID: 1, hostName: "relay.test")

    private func complaints(_ change: (inout DERPRegion) -> Void, others: Int = 1) -> [String] {
        var region = DERPRegion(regionID: 1, regionCode: "one", regionName: "One", nodes: [self.node])
        change(&region)
        let more = (0..<others).map { DERPRegion(regionID: 2 + $0, regionCode: "", regionName: "") }
        return RegionJudge.findings(on: region, in: DERPMap(regions: [region] + more))
            .filter { $0.severity != .info }.map { "\($0.severity): \($0.message)" }
    }

    @Test("one of several regions, with a node, is as it should be")
    func good() {
        #expect(self.complaints({ _ in }) == [])
    }

    @Test("the only one, one to avoid, and one without relays are noticed")
    func bad() {
        #expect(self.complaints({ _ in }, others: 0).first?.hasPrefix("warning: it is the map's only region") == true)
        #expect(self.complaints({ $0.avoid = true }).first?.hasPrefix("warning: Avoid is set") == true)
        #expect(self.complaints({ $0.nodes = [] }) == ["error: it has no nodes"])
        #expect(
            self.complaints({ $0.nodes[0].stunOnly = true })
                == ["warning: all of its nodes are STUNOnly: none relays"]
        )
    }

    @Test("nodes between which nothing passes are an error")
    func mesh() {
        let names = ("1a", "1b")
        let apart = RegionJudge.finding(on: .success(RelayingEvidence(sent: 50)), between: names)
        #expect(apart.severity == .error && apart.message == "no packet passes between 1a and 1b")
        let meshed = RelayingEvidence(sent: 50, roundTrips: [.milliseconds(4)])
        #expect(RegionJudge.finding(on: .success(meshed), between: names).severity == .info)
        let failed = RegionJudge.finding(on: .failure(DERPError(.timeout, "late")), between: names)
        #expect(failed.severity == .error && failed.message.contains("late"))
    }

    @Test("percentiles are of the nearest rank")
    func percentiles() {
        var evidence = RelayingEvidence()
        #expect(evidence.percentile(0.5) == nil && evidence.loss == 0)
        evidence.roundTrips = (1...100).reversed().map { .milliseconds($0) }
        evidence.sent = 125
        #expect(evidence.percentile(0.5) == .milliseconds(50))
        #expect(evidence.percentile(0.99) == .milliseconds(99))
        #expect(evidence.percentile(1) == .milliseconds(100))
        #expect(evidence.percentile(0) == .milliseconds(1))
        #expect(evidence.loss == 0.2)
    }
}
