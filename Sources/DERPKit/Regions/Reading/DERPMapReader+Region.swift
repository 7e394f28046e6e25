extension DERPMapReader {
    private static let regionNames = [
        "RegionID", "RegionCode", "RegionName", "Latitude", "Longitude", "Avoid", "NoMeasureNoHome", "Nodes",
    ]

    mutating func region(_ value: SourceValue, id: Int) -> DERPRegion {
        var region = DERPRegion(regionID: id, regionCode: "", regionName: "")
        var nodes: SourceValue?
        for member in self.members(of: value, "region \(id)", known: Self.regionNames) {
            switch member.name {
            case "RegionID": self.checkID(member, of: id)
            case "RegionCode": region.regionCode = self.text(member)
            case "RegionName": region.regionName = self.text(member)
            case "Latitude": region.latitude = self.degrees(member, limit: 90)
            case "Longitude": region.longitude = self.degrees(member, limit: 180)
            case "Avoid": region.avoid = self.bool(member) ?? false
            case "NoMeasureNoHome": region.noMeasureNoHome = self.bool(member) ?? false
            default: nodes = member.value
            }
        }
        region.nodes = self.nodes(nodes, of: id)
        if region.nodes.isEmpty { self.warn(value.line, "region \(id) has no nodes: clients can't use it") }
        return region
    }

    /// Zero counts as absent, and is filled in.
    private mutating func checkID(_ member: SourceValue.Member, of id: Int) {
        let said = self.integer(member, in: 0...DERPRegion.validIDs.upperBound)
        guard let said, said != 0, said != id else { return }
        self.refuse(member.line, "the region under \(id) says that it is \(said)")
    }

    private mutating func degrees(_ member: SourceValue.Member, limit: Double) -> Double {
        let number = self.number(member.value) ?? 0
        let key = self.spelling(of: member.name)
        if abs(number) > limit { self.warn(member.line, "\(key) is not in ±\(Int(limit)) degrees") }
        return number
    }

    private mutating func nodes(_ value: SourceValue?, of id: Int) -> [DERPNode] {
        guard let value else { return [] }
        switch value.content {
        case .null: return []
        case .list(let items):
            guard items.count <= DERPMapLimits.nodesPerRegion else {
                self.refuse(value.line, "more than \(DERPMapLimits.nodesPerRegion) nodes in one region")
                return []
            }
            return items.compactMap { item in
                if case .null = item.content {
                    self.warn(item.line, "a node of region \(id) is null, and is left out")
                    return nil
                }
                return self.node(item, of: id)
            }
        default:
            self.refuse(value.line, "the nodes of region \(id) are a list, not \(value.kind)")
            return []
        }
    }
}
