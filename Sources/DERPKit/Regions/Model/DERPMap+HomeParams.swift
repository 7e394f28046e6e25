extension DERPMap {
    /// How clients choose their home region.
    public struct HomeParams: Hashable, Sendable {
        /// Factors on the latency of regions, by region ID. A region below 1 is preferred, and one above 1 is avoided.
        /// A region that isn't named has 1.
        public var regionScore: [Int: Double]

        /// Parameters with these factors, by region id.
        public init(regionScore: [Int: Double] = [:]) {
            self.regionScore = regionScore
        }
    }
}

extension DERPMap.HomeParams: Codable {
    private enum Member: String, CodingKey {
        case regionScore = "RegionScore"
    }

    /// Reads the parameters. Ignores unknown members. A missing member and `null` mean no factors.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        self.init()
        guard try members.contains(.regionScore) && !members.decodeNil(forKey: .regionScore) else { return }
        let scores = try members.nestedContainer(keyedBy: RegionKey.self, forKey: .regionScore)
        self.regionScore = try scores.decodeByID(Double.self)
    }

    /// Writes the parameters. Leaves out empty factors.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        guard !self.regionScore.isEmpty else { return }
        var scores = members.nestedContainer(keyedBy: RegionKey.self, forKey: .regionScore)
        for (id, score) in self.regionScore { try scores.encode(score, forKey: RegionKey(id)) }
    }
}
