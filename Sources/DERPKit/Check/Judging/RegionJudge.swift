/// Judges a region's entry in the map, before anything connects to it. The same entry always gives the same findings.
enum RegionJudge {
    static func findings(on region: DERPRegion, in map: DERPMap) -> [CheckFinding] {
        var findings: [CheckFinding] = []
        if map.regions.count == 1 {
            findings.warn(
                .region,
                "it is the map's only region: a single point of failure",
                hint: "Add another region, unless the map is laid over others (omitDefaultRegions off)."
            )
        }
        if region.avoid {
            findings.warn(.region, "Avoid is set in the map: clients don't use it if they can help it")
        }
        if region.noMeasureNoHome {
            findings.info(.region, "NoMeasureNoHome is set in the map: no client makes it its home")
        }
        if region.nodes.isEmpty {
            findings.fail(.region, "it has no nodes", hint: "Clients can't use it: add a node, or remove it.")
        } else if region.nodes.allSatisfy(\.stunOnly) {
            findings.warn(.region, "all of its nodes are STUNOnly: none relays")
        }
        return findings
    }

    /// Returns the finding about relaying between two nodes of a region.
    static func finding(on outcome: NodeEvidence.Outcome<RelayingEvidence>, between names: (String, String))
        -> CheckFinding
    {
        let pair = "\(names.0) and \(names.1)"
        switch outcome {
        case .failure(let error):
            return CheckFinding(.error, .mesh, "relaying between \(pair) could not be tried: \(error.message)")
        case .success(let evidence):
            guard let median = evidence.percentile(0.5) else {
                return CheckFinding(
                    .error,
                    .mesh,
                    "no packet passes between \(pair)",
                    hint: "The nodes of a region must be a mesh: one key (-mesh-psk-file), and each told of the others."
                )
            }
            return CheckFinding(.info, .mesh, "packets pass between \(pair): round trip p50 \(median.inMilliseconds)")
        }
    }
}
